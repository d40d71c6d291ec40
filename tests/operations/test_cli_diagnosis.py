"""`client explain` and `config check` against set-ups that are broken in the usual ways: each is named."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import Clock, dispose
from tests.operations.test_cli import KEY, check_failed, flask
from tests.support.client import Portal
from tests.support.quick import writing
from webapp import create_app
from webapp.config import Config
from webapp.domain.client_address import TrustedProxies, resolve
from webapp.domain.client_explained import explain
from webapp.storage.models import PortalSessionRow

EDGE, BALANCER, CLIENT = "192.0.2.10", "192.0.2.20", "203.0.113.7"
VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "client_ip.json").read_text())["vectors"]
PUBLIC = "https://portal.example.com"
GOOD: dict[str, Any] = {"public_url": PUBLIC, "trusted_proxies": TrustedProxies.parse(EDGE)}


def command(*words: str, url: str = "sqlite:///x.sqlite3", **settings: Any) -> tuple[int, str]:
    """Run a command with these settings; return its exit status and all that it said."""
    app = create_app(Config(secret_key=KEY, database_url=url, **(GOOD | settings)))
    result = app.test_cli_runner().invoke(args=list(words))
    dispose(app)
    assert "Traceback" not in result.output
    return result.exit_code, result.output


def explained(peer: str, *headers: str, **settings: Any) -> tuple[int, str]:
    """Run `client explain` with these headers."""
    sent = [word for one in ("Host: portal.example.com", *headers) for word in ("--header", one)]
    return command("client", "explain", peer, *sent, **settings)


def real() -> datetime:
    """Return the moment that it is, whatever the test's clock says."""
    return datetime.now(UTC)


def xff(text: str) -> str:
    """Return the header."""
    return f"X-Forwarded-For: {text}"


# --- the right set-up, and the broken ones ---------------------------------------------------------------------------


def test_a_right_set_up_names_the_client_and_who_is_trusted() -> None:
    status, said = explained(EDGE, xff(CLIENT))
    assert status == 0
    assert f"peer {EDGE}: trusted, TRUSTED_PROXIES names {EDGE}/32" in said
    assert f"client: {CLIENT}\n" in said
    assert "Host" not in said


def test_a_proxy_that_is_missing_in_trusted_proxies() -> None:
    status, said = explained(BALANCER, xff(CLIENT))
    assert (status, f"client: {BALANCER}\n" in said) == (0, True)
    assert f"set TRUSTED_PROXIES={EDGE},{BALANCER}\n" in said


def test_a_header_that_is_appended_to_instead_of_overwritten() -> None:
    _, said = explained(EDGE, xff(f"198.51.100.1, {CLIENT}"))
    assert f"client: {CLIENT}\n" in said
    assert "198.51.100.1: not believed" in said
    assert "proxy_set_header X-Forwarded-For $remote_addr" in said


def test_two_hops_of_which_one_is_not_named() -> None:
    _, said = explained(EDGE, xff(f"{CLIENT}, {BALANCER}"))
    assert f"client: {BALANCER}\n" in said
    assert f"set TRUSTED_PROXIES={EDGE},{BALANCER}\n" in said
    both = TrustedProxies.parse(f"{EDGE},{BALANCER}")
    assert f"client: {CLIENT}\n" in explained(EDGE, xff(f"{CLIENT}, {BALANCER}"), trusted_proxies=both)[1]


@pytest.mark.parametrize("peer", ["172.17.0.1", EDGE])
def test_the_gateway_of_a_container_network(peer: str) -> None:
    _, said = explained(peer, *([xff("172.17.0.1")] if peer == EDGE else []))
    assert "client: 172.17.0.1\n" in said
    assert "container network" in said
    assert f"TRUSTED_PROXIES={EDGE},172.17.0.1" in said


def test_a_balancer_with_the_proxy_protocol_that_the_edge_does_not_read() -> None:
    named = TrustedProxies.parse(f"{EDGE},{BALANCER}")
    status, said = explained(EDGE, xff(BALANCER), trusted_proxies=named)
    assert (status, "all_trusted" in said, "real_ip_header proxy_protocol" in said) == (1, True, True)
    assert "real_ip_header proxy_protocol" in explained(EDGE, xff(BALANCER))[1]
    status, said = explained(EDGE, "PROXY TCP4 203.0.113.7 192.0.2.10 1 2")
    assert (status, "listen … proxy_protocol" in said) == (1, True)


def test_only_a_peer_may_name_an_interface() -> None:
    link = "fe80::1%eth0"
    said = explained(link, xff(link), trusted_proxies=TrustedProxies.parse("fe80::1"))[1]
    assert "peer fe80::1%eth0: trusted" in said
    assert "X-Forwarded-For fe80::1%eth0: not an address" in said
    assert "not_an_address" in said


def test_only_a_peer_may_be_a_unix_socket() -> None:
    said = explained("unix:", xff(f"{CLIENT},unix:"), trusted_proxies=TrustedProxies.parse("unix:"))[1]
    assert "peer unix:: trusted" in said
    assert "X-Forwarded-For unix:: not an address" in said
    assert f"X-Forwarded-For {CLIENT}: not believed" in said


def test_an_edge_that_forgets_the_header() -> None:
    status, said = explained(EDGE)
    assert (status, "header_missing" in said) == (1, True)
    assert "proxy_set_header X-Forwarded-For $remote_addr" in said


def test_no_host() -> None:
    status, said = command("client", "explain", EDGE, "--header", xff(CLIENT))
    assert (status, "proxy_set_header Host portal.example.com" in said) == (0, True)
    assert command("client", "explain", EDGE, "--header", "Host:")[0] == 1


def test_a_wrong_public_url() -> None:
    status, said = explained(EDGE, xff(CLIENT), public_url="https://portal.example.org")
    assert (status, "set PUBLIC_URL=https://portal.example.com" in said) == (1, True)
    said = command("config", "check", public_url="http://portal.example.com")[1]
    assert "wrong: PUBLIC_URL: it is http://portal.example.com" in said
    line = check_failed(flask("sqlite:///x.sqlite3", "config", "check", PUBLIC_URL="portal.example.com/x"))
    assert line.startswith("The portal does not start. PUBLIC_URL must look like")


def test_old_migrations(sqlite_url: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/old.sqlite3"
    (tmp_path / "old.sqlite3").touch()
    status, said = command("config", "check", url=url)
    assert (status, "wrong: migrations: the database was never migrated" in said) == (1, True)
    assert flask(url, "db", "upgrade", "0015").returncode == 0
    status, said = command("config", "check", url=url)
    assert (status, "wrong: migrations: migrations are missing" in said, "db upgrade" in said) == (1, True, True)
    assert command("config", "check", url=sqlite_url)[0] == 0


@pytest.mark.parametrize(("minutes", "word"), [(5, "ahead of"), (-5, "behind")])
def test_a_clock_that_is_five_minutes_off(
    portal: Portal, database_url: str, time: Clock, minutes: int, word: str
) -> None:
    portal.signed_in_by_page("dana")  # SQLite has no clock but the moments that are stored
    time.moment = real() + timedelta(minutes=minutes)
    with writing(portal.app) as connection:
        connection.execute(sa.update(PortalSessionRow).values(last_seen_at=real()))
    status, said = command("config", "check", url=database_url)
    if database_url.startswith("sqlite") and minutes > 0:
        assert (status, "wrong" in said) == (0, False)  # nothing stored shows it
        return
    assert (status, "wrong: clock" in said, f"300 s {word} the database" in said) == (1, True, True)


def test_postgresql_that_cannot_be_reached() -> None:
    status, said = command("config", "check", url="postgresql://portal@127.0.0.1:9/portal")
    assert (status, "wrong: database: The database can't be reached" in said) == (1, True)
    assert "look at DATABASE_URL" in said
    assert said.count("\n") == 4


@pytest.mark.postgres
def test_all_is_well_with_a_database_that_is(postgres_url: str) -> None:
    status, said = command("config", "check", url=postgres_url)
    assert (status, {line.split(":")[0] for line in said.splitlines()}) == (0, {"ok"})
    listed = json.loads(command("config", "check", "--json", url=postgres_url)[1])
    assert [one["what"] for one in listed][-3:] == ["database", "migrations", "clock"]


def test_https_without_a_proxy_and_a_wide_one() -> None:
    for trusted, said in (("", "set TRUSTED_PROXIES to"), ("198.51.0.0/16", "198.51.0.0/16 is wide")):
        assert said in command("config", "check", trusted_proxies=TrustedProxies.parse(trusted))[1]


def can_be_set(vector: dict[str, Any]) -> bool:
    """Whether such TRUSTED_PROXIES let the portal start."""
    try:
        TrustedProxies.parse(",".join(vector["trusted"]))
    except ValueError:
        return False
    return True


# --- the same decision as a request's --------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", [one for one in VECTORS if can_be_set(one)], ids=lambda one: str(one["id"]))
def test_it_decides_as_a_request_is_decided(vector: dict[str, Any]) -> None:
    trusted = TrustedProxies.parse(",".join(vector["trusted"]))
    peer, header = vector["remote_addr"], ",".join(vector["xff"]) if vector["xff"] else None
    found = explain(peer, header, trusted)
    assert found.resolved == resolve(peer, header, trusted)
    assert found.hops
    assert all(found.advice) or not found.advice
    if found.resolved.address is None:
        assert found.advice


# --- mistakes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("peer", ["", "x", "192.0.2.1/24", "192.0.2.1\n", "\x1b[31m", "192.0.2.256"])
def test_a_peer_that_is_none_is_one_clear_line(peer: str) -> None:
    status, said = explained(peer)
    assert (status, said.count("\n"), said.strip().isprintable()) == (1, 1, True)


@pytest.mark.parametrize("header", ["", "x", ": x", "X-Forwarded-For: \x1b[31m", "X-Forwarded-For: a\nb"])
def test_a_header_that_is_none_is_one_clear_line(header: str) -> None:
    status, said = explained(EDGE, header)
    assert (status, said.count("\n"), said.strip().isprintable()) == (1, 1, True)


def test_json_says_the_same() -> None:
    facts = json.loads(command("client", "explain", EDGE, "--json")[1])
    assert (facts["client"], facts["problem"]) == (None, "header_missing")


@pytest.mark.parametrize(
    "words", [("client", "--help"), ("client", "explain", "--help"), ("config", "check", "--help")]
)
def test_help(words: tuple[str, ...]) -> None:
    assert command(*words)[0] == 0
