"""`allowlist export` and `allowlist import`: a list as a file, out and in; `webapp/operations/cli/files.py`."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result

from tests.operations.test_cli import refused, run
from tests.support.client import Portal
from tests.support.quick import events_of
from tests.support.world import HOME
from webapp.domain.export import EXPORTS

OFFICE, VPN, LAB = "203.0.113.0/24", "2001:db8:40::/48", "198.51.100.0/25"


def import_text(portal: Portal, text: str | bytes, *options: str) -> Result:
    """Import a text from standard input."""
    command = ["allowlist", "import", str(portal.world.halden), "-", *options]
    return portal.app.test_cli_runner().invoke(args=command, input=text)


def refusal(result: Result) -> str:
    """Return the one line by which an import says why it was refused."""
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit), result.exception
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    return lines[0]


def shown(result: Result) -> list[str]:
    """Return the lines of the plan that was printed."""
    return result.stdout.splitlines()


@pytest.mark.parametrize("name", EXPORTS)
def test_what_is_exported_and_imported_again_changes_nothing(portal: Portal, name: str) -> None:
    portal.set_list(OFFICE, VPN, comment="Büro “Süd”, =1")
    before = portal.list()
    exported = run(portal, "allowlist", "export", portal.world.halden, "--format", name)
    assert exported.stdout_bytes.decode() == EXPORTS[name](before)
    imported = import_text(portal, exported.stdout_bytes, "--mode", "replace", "--apply")
    assert shown(imported) == ["2 kept.", "The list is like that already: nothing is changed."]
    assert portal.list() == before


def test_without_a_format_it_is_csv(portal: Portal) -> None:
    portal.set_list(OFFICE)
    assert run(portal, "allowlist", "export", portal.world.halden).stdout.startswith("network,comment,")


def test_an_import_prints_its_plan_and_changes_nothing(portal: Portal) -> None:
    portal.set_list(OFFICE, LAB, comment="Old")
    before = portal.list()
    text = f"{OFFICE} # New\n{VPN}\n\n{VPN}\n"
    result = import_text(portal, text, "--mode", "replace")
    assert shown(result) == [
        f"change\t{OFFICE}\tNew",
        f"add\t{VPN}\t",
        f"repeat\t{VPN}\tas in line 2",
        f"remove\t{LAB}\tOld",
        "1 to add, 1 to change, 1 to remove, 1 repeated.",
        "Nothing is changed yet: --apply does it.",
    ]
    assert (result.exit_code, result.stderr) == (0, "")
    assert portal.list() == before


def test_with_apply_it_is_done_and_recorded_as_the_operators(portal: Portal) -> None:
    portal.set_list(OFFICE)
    result = import_text(portal, f"{VPN} Lab", "--apply")
    assert shown(result) == [f"add\t{VPN}\tLab", "1 to add.", "Done."]
    assert portal.networks() == [VPN, OFFICE]
    event = events_of(portal.app, portal.world.halden)[-1]
    assert (event.kind, event.actor, event.user_id) == ("import", "operator", None)


def test_a_file_is_decoded_like_an_upload(portal: Portal, tmp_path: Path) -> None:
    file = tmp_path / "from Excel.csv"
    file.write_bytes(f'Network;Comment\r\n{OFFICE};"Büro; Süd"\r\n'.encode("utf-16"))
    result = run(portal, "allowlist", "import", portal.world.halden, file, "--apply")
    assert result.exit_code == 0, result.stderr
    assert [(entry.network.text, entry.comment) for entry in portal.list().entries] == [(OFFICE, "Büro; Süd")]


@pytest.mark.parametrize(
    ("data", "word"),
    [(b"\xff\xfe\x00", "UTF-16"), (b"\x89PNG\0", "NUL"), (b"x" * 600_000, "256 KB"), (b"[" * 5_000, "")],
)
def test_what_cannot_be_read_is_one_line(portal: Portal, data: bytes, word: str) -> None:
    result = import_text(portal, data, "--apply")
    assert word in refusal(result)
    assert result.stdout == ""


def test_a_file_that_is_none_is_one_line(portal: Portal, tmp_path: Path) -> None:
    for file, word in (("nowhere.csv", "nowhere.csv"), (tmp_path, "directory"), ("/proc/self/mem", "cannot be read")):
        assert word in refused(run(portal, "allowlist", "import", portal.world.halden, file))


@pytest.mark.parametrize("apply", [[], ["--apply"]])
def test_errors_are_left_out_by_an_option_only(portal: Portal, apply: list[str]) -> None:
    portal.set_list()
    text = f"{OFFICE}\n203.0.113.9/25\nnot 10.0.0.0/8\x1b[2J\n"
    result = import_text(portal, text, *apply)
    assert "--skip-errors" in refusal(result)
    assert shown(result)[1].startswith("error\tline 2\t'203.0.113.9/25'\tA /25 can’t start at 203.0.113.9.")
    assert shown(result)[1].endswith("Meant: 203.0.113.0/25 or 203.0.113.9/32?")
    assert "\x1b" not in result.stdout
    assert portal.networks() == []
    assert import_text(portal, text, "--skip-errors", *apply).exit_code == 0
    assert portal.networks() == ([OFFICE] if apply else [])


def test_with_lines_left_out_removals_need_an_option_too(portal: Portal) -> None:
    portal.set_list(OFFICE, LAB)
    options = ("--mode", "replace", "--skip-errors", "--apply")
    assert "--confirm-removals" in refusal(import_text(portal, f"{OFFICE}\n198.51.100/25", *options))
    assert portal.networks() == [LAB, OFFICE]
    assert import_text(portal, f"{OFFICE}\n198.51.100/25", *options, "--confirm-removals").exit_code == 0
    assert portal.networks() == [OFFICE]


def test_very_wide_networks_need_an_option(portal: Portal) -> None:
    portal.set_list()
    assert "0.0.0.0/0 would be very wide" in refusal(import_text(portal, "0.0.0.0/0", "--apply"))
    assert portal.networks() == []
    assert import_text(portal, "0.0.0.0/0", "--apply", "--confirm-wide").exit_code == 0


@pytest.mark.parametrize("apply", [[], ["--apply"]])
def test_leaving_the_owners_out_needs_an_option(portal: Portal, apply: list[str]) -> None:
    portal.set_list(OFFICE)
    portal.signed_in_by_page(address=HOME)
    portal.force_active()
    options = ("--mode", "replace", *apply)
    assert "--acknowledge-lockout" in refusal(import_text(portal, VPN, *options))
    assert portal.networks() == [OFFICE]
    assert import_text(portal, VPN, *options, "--acknowledge-lockout").exit_code == 0
    assert portal.networks() == ([VPN] if apply else [OFFICE])


def test_an_active_list_never_becomes_empty(portal: Portal) -> None:
    portal.set_list(OFFICE, active=True)
    options = ("--mode", "replace", "--apply", "--skip-errors", "--confirm-removals", "--acknowledge-lockout")
    assert "no network was found" in refusal(import_text(portal, "office", *options))
    assert portal.networks() == [OFFICE]


@pytest.mark.parametrize("text", ["", "# nothing\n", "network,comment\n", "office\n203.0.113.7/24\n"])
def test_a_file_without_networks_empties_no_list(portal: Portal, text: str) -> None:
    portal.set_list(OFFICE)
    options = ("--mode", "replace", "--apply", "--skip-errors", "--confirm-removals")
    assert "no network was found" in refusal(import_text(portal, text, *options))
    assert portal.networks() == [OFFICE]


def test_a_list_above_the_limit_is_refused(portal: Portal) -> None:
    portal.put_list(*(f"10.0.{n // 256}.{n % 256}/32" for n in range(999)))
    assert "1 more than the 1,000" in refusal(import_text(portal, f"{OFFICE}\n{LAB}", "--apply"))
    assert len(portal.networks()) == 999


def test_an_account_that_is_not_there_is_one_line(portal: Portal) -> None:
    for command in (("export", "4711"), ("import", "4711", "-")):
        assert "There is no account 4711" in refusal(run(portal, "allowlist", *command))


def test_a_dry_run_leaves_no_event(portal: Portal) -> None:
    portal.put_list(OFFICE)
    import_text(portal, VPN)
    assert events_of(portal.app, portal.world.halden) == []
