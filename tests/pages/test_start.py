"""A page that can't be what it should be stops the start, with one clear line; `webapp/pages/registration.py`."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.quick import new_app
from tests.support.server import ROOT
from webapp import create_app
from webapp.config import Config, ConfigError
from webapp.guard.open_routes import OPEN_ENDPOINTS, OpenRoutes

KEY = "a key for tests, and long enough"
ODD = "tests.pages.odd"


def refusal(*pages: str, open_endpoints: tuple[str, ...] = ()) -> str:
    """What the operator is told: one line."""
    with pytest.raises(ConfigError) as error:
        create_app(Config(secret_key=KEY, pages=pages, open_endpoints=open_endpoints))
    text = str(error.value)
    assert "\n" not in text
    assert text.startswith(("PORTAL_PAGES: ", "PORTAL_OPEN_ENDPOINTS: "))
    return text


PATHS = {
    "acme.servers:pages": "No module named 'acme'",
    "tests.pages.raises:pages": "KeyError: 'ACME_DATABASE",
    "tests.pages.odd": "name a module and its blueprint",
    "tests.pages.odd:": "name a module and its blueprint",
    ":pages": "name a module and its blueprint",
    "../odd:pages": "name a module and its blueprint",
    f"{ODD}:missing": "is no Flask blueprint",
    f"{ODD}:no_blueprint": "is no Flask blueprint",
}


@pytest.mark.parametrize("path", PATHS)
def test_a_path_that_leads_to_no_blueprint(path: str) -> None:
    assert PATHS[path] in refusal(path)
    assert path in refusal(path)


def test_a_clash_of_names() -> None:
    assert "'overview'" in refusal(f"{ODD}:overview")
    assert "'odd'" in refusal(f"{ODD}:sound", f"{ODD}:another_odd")
    assert "'odd'" in refusal(f"{ODD}:sound", f"{ODD}:sound")


SHADOWS = ["root", "account", "login", "future", "static_file", "static_folder", "any_word", "any_path", "a_number"]


@pytest.mark.parametrize("name", [*SHADOWS, "in_a_word", "nothing_first"])
def test_a_route_that_shadows_the_portals(name: str) -> None:
    text = refusal(f"{ODD}:{name}")
    assert "shadows the portal’s own URLs" in text or "must begin with a word of its own" in text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a_host", "names a host"),
        ("odd_method", "QUERY"),
        ("elsewhere", "redirects"),
        ("a_websocket", "websocket"),
        ("strict", "slashes"),
        ("merging", "slashes"),
    ],
)
def test_a_route_that_the_guard_would_not_see_as_it_is(name: str, said: str) -> None:
    assert said in refusal(f"{ODD}:{name}")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("before_app", "before_app_request"),
        ("after_app", "after_app_request"),
        ("handler", "app_errorhandler"),
        ("context", "app_context_processor"),
        ("values", "app_url_value_preprocessor"),
        ("defaults", "app_url_defaults"),
        ("a_global", "csrf_token"),
        ("a_route", "no route of the blueprint"),
        ("a_view", "overview.show"),
        ("exempt", "CSRF"),
        ("opened", "the guard"),
        ("proxy", "the WSGI application"),
        ("own_login", "Flask-Login"),
        ("setting", "SESSION_COOKIE_HTTPONLY"),
        ("a_filter", "a filter: moment"),
        ("a_test", "a test: defined"),
        ("an_extension", "an extension: engine"),
        ("a_command", "a command: user"),
        ("a_converter", "a converter"),
        ("after_all", "teardown_app_request"),
    ],
)
def test_a_page_that_changes_the_whole_portal(name: str, said: str) -> None:
    assert said in refusal(f"{ODD}:{name}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sound", "same_url"),
        ("of_variables", "same_by_variables"),
        ("sound", "with_a_slash"),
        ("of_text", "of_a_string"),
        ("of_variables", "of_few_numbers"),
    ],
)
def test_two_views_for_one_url(one: str, other: str) -> None:
    assert "has 2 views" in refusal(f"{ODD}:{one}", f"{ODD}:{other}")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("unknown_icon", "'serverr': choose one of blocked, card"),
        *((name, "is no page") for name in ("unknown_endpoint", "endpoint_of_the_portal", "with_values", "only_post")),
        *((name, "navigation is a list like") for name in ("no_triple", "no_label")),
    ],
)
def test_navigation_that_leads_nowhere(name: str, said: str) -> None:
    assert said in refusal(f"{ODD}:{name}")


def test_a_template_with_a_name_that_is_taken() -> None:
    for name in ("templates", "nested"):
        assert "there is a template" in refusal(f"{ODD}:{name}")


@pytest.mark.parametrize("endpoint", ["overview.show", "servers.nothing", "odd", "odd.show2", "static", "*"])
def test_only_endpoints_of_pages_can_be_opened(endpoint: str) -> None:
    assert endpoint in refusal(f"{ODD}:sound", open_endpoints=(endpoint,))
    assert endpoint in refusal(open_endpoints=(endpoint,))


def test_each_open_endpoint_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(Config(secret_key=KEY, pages=(f"{ODD}:sound",), open_endpoints=("odd.show",)))
    assert [record.message for record in caplog.records if record.levelname == "WARNING"] == [
        "PORTAL_OPEN_ENDPOINTS: odd.show is open: everybody reaches /odd, from everywhere"
    ]
    assert app.extensions["portal"][OpenRoutes].endpoints == OPEN_ENDPOINTS | {"odd.show"}


def test_a_server_and_a_command_say_the_same_line_and_do_nothing(sqlite_url: str) -> None:
    env = os.environ | {"SECRET_KEY": KEY, "DATABASE_URL": sqlite_url, "PORTAL_PAGES": "acme.servers:pages"}
    for arguments in (["-c", "import wsgi"], ["-m", "flask", "--app", "wsgi", "account", "create", "X"]):
        run = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
        assert run.returncode == 1
        lines = run.stderr.strip().splitlines()
        assert len(lines) == 1
        assert lines[0].startswith("The portal does not start. PORTAL_PAGES: acme.servers:pages: ")


@pytest.mark.parametrize(("entry", "workers"), [("wsgi:app", 1), ("webapp.wsgi:app", 1), ("webapp.wsgi:app", 3)])
def test_gunicorn_ends_where_a_setting_is_wrong_and_says_why(sqlite_url: str, entry: str, workers: int) -> None:
    env = os.environ | {"SECRET_KEY": KEY, "DATABASE_URL": sqlite_url, "PORTAL_PAGES": "acme.servers:pages"}
    env |= {"LISTEN": "127.0.0.1:0", "WEB_CONCURRENCY": str(workers)}
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", entry]
    run = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120)
    said = [line for line in run.stderr.splitlines() if not line.startswith("{")]
    assert said[0].startswith("The portal does not start. PORTAL_PAGES: acme.servers:pages: ")
    # Of several workers that end at once, gunicorn itself may stumble over the second one.
    assert (run.returncode, len(said)) == (4, 1) if workers == 1 else run.returncode


def test_several_apps_of_one_process_have_the_same_pages(sqlite_url: str) -> None:
    for _ in range(2):
        assert "odd.show" in new_app(sqlite_url, (f"{ODD}:sound",)).view_functions
