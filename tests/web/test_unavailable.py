"""When the database cannot be asked, or the list cannot be read: 503, never a page, and nobody in (R12)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from tests.conftest import dispose, migrate
from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.postgres import Cluster
from tests.support.quick import writing_engine
from tests.support.world import HOME, OFFICE
from webapp import create_app
from webapp.config import Config
from webapp.storage.models import NetworkRow, PortalSessionRow

OF_THE_LIST = [BASE, BASE + "/check?address=192.0.2.1", BASE + "/activate", BASE + "/print"]
PAGES = ["/", "/account/settings", "/session?version=x", *OF_THE_LIST]


@contextmanager
def outage(portal: Portal) -> Iterator[None]:
    """The portal's database cannot be reached meanwhile."""
    engine: sa.Engine = portal.app.extensions["engine"]
    on_postgres = engine.dialect.name == "postgresql"
    try:
        with _refusing_connections(engine.url) if on_postgres else _away(engine):
            yield
    except BaseException:
        engine.dispose()  # a failed test must not leave dead connections to the next one
        raise


@contextmanager
def _refusing_connections(url: sa.URL) -> Iterator[None]:
    operator = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    try:
        with operator.connect() as connection:
            connection.exec_driver_sql(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS false')
            _terminate(connection, url)
        yield
    finally:
        with operator.connect() as connection:
            connection.exec_driver_sql(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS true')


def _terminate(connection: sa.Connection, url: sa.URL) -> None:
    query = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = :name"
    connection.execute(sa.text(query), {"name": url.database})


@contextmanager
def _away(engine: sa.Engine) -> Iterator[None]:
    engine.dispose()
    database = Path(engine.url.database or "")
    away = database.rename(database.with_suffix(".away"))
    database.mkdir()
    try:
        yield
    finally:
        database.rmdir()
        away.rename(database)


def check_unavailable(answer: Answer) -> None:
    """503 with Retry-After and nothing of anybody."""
    assert answer.status == 503
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["Cache-Control"] == "no-store"
    for secret in ("Halden", "Dana", "203.0.113", "192.0.2", "psycopg", "sqlite", "Traceback"):
        assert secret not in answer.text


# --- an outage ------------------------------------------------------------------------------------------------------


def test_during_an_outage_no_page_is_shown_and_afterwards_all_are(portal: Portal) -> None:
    browser = portal.signed_in_by_page("dana")
    with outage(portal):
        for path in PAGES:
            check_unavailable(browser.get(path))
            check_unavailable(browser.get(path, htmx=True))
    for path in PAGES:
        assert browser.get(path).status in {200, 204}


def test_a_list_that_was_compiled_before_lets_nobody_in_during_an_outage(portal: Portal) -> None:
    browser = portal.signed_in_by_page("dana")
    portal.set_list("203.0.113.0/24", active=True)
    assert browser.get("/").status == 200
    with outage(portal):
        check_unavailable(browser.get("/"))
    assert browser.get("/").status == 200


def test_a_page_that_did_not_come_is_asked_for_again(portal: Portal) -> None:
    browser = portal.signed_in_by_page("dana")
    with outage(portal):
        assert browser.get(BASE).one("main a.pri").attrs == {"class": ["btn", "pri"], "href": ""}


def test_nobody_signs_in_during_an_outage(portal: Portal) -> None:
    browser = portal.browser()
    token = browser.csrf_token()
    fields = {"email": "dana@example.com", "password": "a long enough password"}
    with outage(portal):
        check_unavailable(browser.post("/login", fields, csrf=token))
    assert browser.get("/").location == "/login?next=/"
    assert browser.post("/login", fields, csrf=token).status == 303


def test_nothing_changes_during_an_outage(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24")
    browser = portal.signed_in_by_page("dana")
    token, version = browser.csrf_token(), browser.revision()
    with outage(portal):
        check_unavailable(browser.post(BASE + "/networks", {"network": OFFICE, "comment": ""}, csrf=token))
        check_unavailable(browser.post(BASE + "/activate", {"version": version}, csrf=token, htmx=True))
    assert (portal.networks(), portal.list().active) == (["203.0.113.0/24"], False)
    assert browser.post(BASE + "/networks", {"network": OFFICE, "comment": ""}, csrf=token).status == 303


def test_a_sign_out_that_failed_does_not_pretend(portal: Portal) -> None:
    browser = portal.signed_in_by_page("dana")
    token = browser.csrf_token()
    with outage(portal):
        check_unavailable(browser.post("/logout", csrf=token))
    assert browser.post("/logout", csrf=token).status == 303
    with Session(portal.app.extensions["engine"]) as session:
        assert session.scalars(sa.select(PortalSessionRow)).all() == []


def test_the_api_is_unavailable_too(portal: Portal) -> None:
    token = {"Authorization": f"Bearer {portal.world.api_token}"}
    with outage(portal):
        for path in ("/api/v1/account", "/api/v1/ip-allowlist"):
            check_unavailable(portal.browser().get(path, headers=token))
    assert portal.browser().get("/api/v1/account", headers=token).status == 200


def test_the_reason_of_a_block_cannot_be_shown_during_an_outage(portal: Portal) -> None:
    browser = portal.signed_in_by_page("sanne", OFFICE)
    portal.set_list("203.0.113.0/24", active=True)
    browser.get("/")
    with outage(portal):
        check_unavailable(browser.get("/blocked"))
    assert browser.get("/blocked").status == 403


def test_the_sign_in_page_breaks_for_nobody_during_an_outage(portal: Portal) -> None:
    browser = portal.signed_in_by_page("dana")
    with outage(portal):
        check_unavailable(browser.get("/"))
        for anybody in (browser, portal.browser()):
            answer = anybody.get("/login")
            assert answer.status in {200, 503}
            assert "Dana" not in answer.text


def test_health_and_files_need_no_database(portal: Portal) -> None:
    with outage(portal):
        check_unavailable(invented_session(portal.app).get("/"))
        assert portal.browser().get("/healthz").status == 200
        assert portal.app.test_client().get("/static/app.css", buffered=True).status_code == 200


@pytest.mark.postgres
@pytest.mark.parametrize("path", ["/", "/login", "/api/v1/account"])
def test_a_restart_of_the_database_costs_nobody_an_answer(cluster: Cluster, path: str) -> None:
    cluster.drop_database("restarted")
    url = cluster.create_database("restarted")
    migrate(url)
    app = create_app(Config(secret_key="a key for tests, and long enough", database_url=url))
    browser = invented_session(app)
    before = ask(browser, path)
    operator = sa.create_engine(cluster.url("postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with operator.connect() as connection:
        _terminate(connection, sa.make_url(url))
    after = ask(browser, path)
    dispose(app)
    assert before == after == {"/": 303, "/login": 401, "/api/v1/account": 401}[path]


def ask(browser: Browser, path: str) -> int:
    """Ask so that the database is needed, and return the status."""
    if path == "/login":
        return browser.sign_in("dana").status
    return browser.get(path, headers={"Authorization": "Bearer unknown"}).status


# --- an unreadable list ---------------------------------------------------------------------------------------------

CORRUPT = [
    "garbage/24",
    "203.0.113.1/24",
    "203.0.113.0/33",
    "0203.0.113.0/24",
    "::ffff:203.0.113.0/120",
    "2001:DB8::/32",
    "203.0.113.0/24\n0.0.0.0/0",  # two networks in the place of one
]


def corrupt(portal: Portal, text: str) -> None:
    """What a faulty restore or a hand on the database may leave."""
    with Session(writing_engine(portal.app)) as session, session.begin():
        session.execute(sa.update(NetworkRow).values(network=text))


@pytest.mark.parametrize("text", CORRUPT)
def test_an_active_list_that_cannot_be_read_lets_nobody_in(portal: Portal, text: str) -> None:
    browser = portal.signed_in_by_page("dana")
    portal.set_list("203.0.113.0/24", active=True)
    corrupt(portal, text)
    refused = browser.get("/")
    check_unavailable(refused)
    assert "ask whoever runs the portal to repair the list" in refused.text
    check_unavailable(browser.get("/session?version=x", htmx=True))
    check_unavailable(portal.browser().sign_in("dana"))
    corrupt(portal, "203.0.113.0/24")
    assert browser.get("/").status == 200


def test_a_page_whose_list_has_to_be_repaired_first_is_asked_for_again(portal: Portal) -> None:
    browser = portal.signed_in_by_page("dana")
    portal.set_list("203.0.113.0/24", active=True)
    corrupt(portal, "garbage/24")
    page = browser.get(BASE)
    assert "First ask whoever runs the portal to repair the list, then try again." in page.text
    assert page.one("main a.pri").attrs == {"class": ["btn", "pri"], "href": ""}


def test_an_unreadable_list_ends_no_session_and_records_no_attempt(portal: Portal) -> None:
    portal.signed_in_by_page("dana")
    portal.set_list("203.0.113.0/24", active=True)
    corrupt(portal, "garbage/24")
    check_unavailable(portal.browser().sign_in("dana"))
    with Session(portal.app.extensions["engine"]) as session:
        assert len(session.scalars(sa.select(PortalSessionRow)).all()) == 1


def test_an_inactive_list_that_cannot_be_read_hinders_nobody_but_cannot_be_shown(portal: Portal) -> None:
    browser = portal.signed_in_by_page("dana")
    portal.set_list("203.0.113.0/24")
    version = browser.revision()
    corrupt(portal, "garbage/24")
    assert browser.get("/").status == 200
    assert portal.browser().sign_in("dana").status == 303
    for path in OF_THE_LIST:
        check_unavailable(browser.get(path))
    check_unavailable(browser.post(BASE + "/activate", {"version": version, "add_current": "1"}))
    token = {"Authorization": f"Bearer {portal.world.api_token}"}
    check_unavailable(portal.browser().get("/api/v1/ip-allowlist", headers=token))


def test_another_accounts_unreadable_list_does_not_matter(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", active=True, account=portal.world.northwind)
    corrupt(portal, "garbage/24")
    assert portal.signed_in_by_page("dana").page().status == 200


# --- a database that was never there --------------------------------------------------------------------------------


def invented_session(app: Flask) -> Browser:
    """A browser whose cookie must be looked up."""
    browser = Browser(app, HOME)
    with browser.client.session_transaction() as session:
        session["_user_id"] = "an id that nobody has"
    return browser


@pytest.fixture(params=["a text", "a folder", "not migrated"])
def sqlite_without_portal(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A path at which there is no portal database."""
    path = tmp_path / "portal.sqlite3"
    if request.param == "a folder":
        path.mkdir()
    elif request.param == "a text":
        path.write_text("This is not a database, whatever it is called. " * 100)
    return f"sqlite:///{path}"


@pytest.fixture(params=["nobody listens", "no such database", "not migrated"])
def postgres_without_portal(request: pytest.FixtureRequest, cluster: Cluster, tmp_path: Path) -> Iterator[str]:
    """A URL at which there is no portal database."""
    name = f"without_portal_{request.param.replace(' ', '_')}"
    if request.param == "not migrated":
        cluster.create_database(name)
    yield (
        f"postgresql+psycopg://postgres@/x?host={tmp_path}" if request.param == "nobody listens" else cluster.url(name)
    )
    cluster.drop_database(name)


def check_closed(url: str) -> None:
    """The portal starts, answers 503 and lets nobody in."""
    app = create_app(Config(secret_key="a key for tests, and long enough", database_url=url))
    try:
        browser = invented_session(app)
        for path in ("/", BASE, "/nope"):
            check_unavailable(browser.get(path))
        check_unavailable(browser.get("/session", htmx=True))
        check_unavailable(Browser(app, HOME).sign_in("dana"))
        check_unavailable(Browser(app, HOME).get("/api/v1/account", headers={"Authorization": "Bearer x"}))
        assert Browser(app, HOME).get("/healthz").status == 200
    finally:
        dispose(app)


def test_without_a_usable_sqlite_database_the_portal_is_closed(sqlite_without_portal: str) -> None:
    check_closed(sqlite_without_portal)


@pytest.mark.postgres
def test_without_a_usable_postgresql_database_the_portal_is_closed(postgres_without_portal: str) -> None:
    check_closed(postgres_without_portal)


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.parametrize("victim", [0, 1])
def test_one_connection_of_several_that_is_cut_costs_no_page(portal: Portal, victim: int) -> None:
    browser, engine = portal.signed_in("dana"), portal.app.extensions["engine"]
    operator = sa.create_engine(engine.url.set(database="postgres"), poolclass=sa.NullPool)
    for path in PAGES:
        engine.dispose()
        with engine.connect() as one, engine.connect() as other:
            pids = [connection.scalar(sa.text("SELECT pg_backend_pid()")) for connection in (one, other)]
        with operator.connect() as connection:
            connection.execute(sa.text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pids[victim]})
        assert browser.get(path).status in {200, 204}, path
    engine.dispose()  # The one that was cut may still be in the pool: not for the next test to find.
