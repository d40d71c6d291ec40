"""GET H: what operators do to people and to the account by commands is said like everything else, with who they are."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
from typing import Any

import pytest

from tests.api.test_tokens_end import token_of_dana
from tests.operations.test_cli import run
from tests.support.client import HISTORY, Portal
from webapp.domain.token_scopes import HISTORY as MAY_READ
from webapp.storage.actors import unix_user

SANNE = "sanne@example.com"
COMMANDS = {
    "throttle_clear": f"throttle clear {SANNE}",
    "user_end_sessions": f"user end-sessions {SANNE}",
    "user_remove": f"user remove {SANNE} --yes --account {{account}}",
    "account_rename": "account rename {account} Halden",
}
DONE = {
    "throttle_clear": f"let Sanne Li ({SANNE}) try to sign in again",
    "user_end_sessions": f"signed Sanne Li ({SANNE}) out everywhere",
    "user_remove": f"removed Sanne Li ({SANNE}) from the account",
    "account_rename": "renamed the account Halden Freight to Halden",
}
FILTERS = {"user_end_sessions": "sessions", "user_remove": "people"}


@pytest.fixture
def acted(portal: Portal) -> None:
    """Give all four commands."""
    for command in COMMANDS.values():
        assert run(portal, *command.format(account=portal.world.halden).split()).exit_code == 0


@pytest.mark.usefixtures("acted")
def test_the_page_says_what_was_done_and_by_which_unix_user(portal: Portal) -> None:
    rows = portal.signed_in("dana").get(HISTORY).all("#history-found [data-event]")
    assert [row["data-kind"] for row in rows] == list(reversed(COMMANDS))
    for row in rows:
        text = " ".join(row.get_text().split())
        assert text.startswith(f"The operator {DONE[str(row['data-kind'])]}. ")
        assert f", by a command on the server, as {unix_user()} " in text
        event = portal.signed_in("dana").get(f"{HISTORY}/{row['data-event']}")
        assert f"By a command on the server, as {unix_user()}" in [one.get_text() for one in event.all("dd")]


@pytest.mark.usefixtures("acted")
@pytest.mark.parametrize("kind", COMMANDS)
def test_the_filters_of_the_page_find_it(portal: Portal, kind: str) -> None:
    dana = portal.signed_in("dana")
    assert len(dana.get(f"{HISTORY}?who=operator").all("#history-found [data-event]")) == len(COMMANDS)
    for what in {kind, FILTERS.get(kind, kind)}:
        page = dana.get(f"{HISTORY}?what={what}")
        assert [row["data-kind"] for row in page.all("#history-found [data-event]")] == [kind]
        assert [option["value"] for option in page.all("#history-what option[selected]")] == [what]


@pytest.mark.usefixtures("acted")
@pytest.mark.parametrize("kind", COMMANDS)
def test_files_and_programs_get_it(portal: Portal, kind: str) -> None:
    dana = portal.signed_in("dana")
    (line,) = csv.DictReader(io.StringIO(dana.get(f"{HISTORY}/export?format=csv&what={kind}").text))
    assert (line["who"], line["door"], line["kind"], line["done"]) == ("operator", "operator", kind, DONE[kind])
    by_file: list[dict[str, Any]] = json.loads(dana.get(f"{HISTORY}/export?format=json&what={kind}").text)
    headers = token_of_dana(portal, MAY_READ)
    by_api = portal.browser().get(f"/api/v1/history?what={kind}", headers=headers).json["events"]
    for (one,) in (by_file, by_api):
        assert (one["kind"], one["door"], one["done"]) == (kind, "operator", [DONE[kind]])
        assert one["after"]["unix_user"] == unix_user()


def test_of_root_it_is_said_who_has_become_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)
    plain = unix_user()
    for name in ("", "nobody at all", "x\0", plain + " "):
        with contextlib.suppress(ValueError):  # of NUL, which no environment can hold
            monkeypatch.setenv("SUDO_USER", name)
        assert unix_user() == plain
    monkeypatch.setenv("SUDO_USER", "daemon")
    assert unix_user() == ("root (daemon)" if os.getuid() == 0 else plain)
