"""Many networks at once: what they would change, shown before anything is (R13)."""

import gzip
import io
from typing import Any

import pytest

from tests.support.client import BASE, HTMX, Answer, Browser, Portal
from tests.support.imports import PLAN, asks_for_plan, lines_of

COVER, NEW, OTHER = "203.0.113.0/24", "192.0.2.0/24", "198.51.100.0/24"
TYPED = f"{NEW} Rotterdam office\n198.51.100.9/24 # Mara at home\n{COVER}\nstaging.example.com\n{NEW}\n"


def sends_file(browser: Browser, data: bytes, **fields: Any) -> Answer:
    sent = {"page": browser.identity, "csrf_token": browser.csrf_token(), "file": (io.BytesIO(data), "list.txt")}
    headers = {"X-Forwarded-For": str(browser.address)}
    return Answer(browser.client.post(PLAN, data=sent | fields, headers=headers, buffered=True))


def test_the_page_is_one_click_from_the_list(portal: Portal) -> None:
    dana = portal.signed_in()
    assert dana.page().one(f'#allowlist-add a[href="{PLAN}"]').get_text() == "Add several"
    answer = dana.get(PLAN)
    assert answer.status == 200
    assert answer.one("textarea[name=text]").get_text() == ""
    assert answer.one("input[type=file][name=file]")
    assert answer.one("[name=mode][checked]")["value"] == "add"


def test_each_line_says_what_becomes_of_it_and_nothing_is_changed(portal: Portal) -> None:
    portal.set_list(COVER)
    before = portal.list()
    plan = asks_for_plan(portal.signed_in(), TYPED)
    assert plan.status == 200
    expected = [("error", "host_bits"), ("error", "hostname"), ("add", NEW), ("repeat", NEW), ("keep", COVER)]
    assert lines_of(plan) == expected
    assert plan.one("[data-plan]")["data-plan"] == "add"
    assert plan.one("[data-plan]")["data-version"] == before.revision
    assert (portal.list(), portal.list().revision) == (before, before.revision)


def test_replacing_says_what_goes(portal: Portal) -> None:
    portal.set_list(COVER, OTHER, comment="Rotterdam")
    plan = asks_for_plan(portal.signed_in(), f"{OTHER} # Utrecht", mode="replace")
    assert lines_of(plan) == [("change", OTHER), ("remove", COVER)]
    assert "instead of Rotterdam" in plan.one("[data-line=change]").get_text()


def test_a_button_corrects_its_line_in_place_and_keeps_the_rest(portal: Portal) -> None:
    dana = portal.signed_in()
    plan = asks_for_plan(dana, TYPED)
    button = plan.all("[name=correct]")[0]
    assert button.get_text() == f"Use {OTHER}"
    corrected = asks_for_plan(dana, TYPED, correct=button["value"])
    text = corrected.one("textarea").get_text()
    assert text == TYPED.replace("198.51.100.9/24 # Mara at home", f"{OTHER} # Mara at home")
    assert ("add", OTHER) in lines_of(corrected)


@pytest.mark.parametrize("chosen", ["0 198.51.100.0/24", "7 x", "x", "9999 198.51.100.0/24", "1 10.0.0.0/8"])
def test_only_what_is_offered_for_a_line_corrects_it(portal: Portal, chosen: str) -> None:
    plan = asks_for_plan(portal.signed_in(), TYPED, correct=chosen)
    assert plan.one("textarea").get_text() == TYPED


def test_a_file_becomes_the_text(portal: Portal) -> None:
    plan = sends_file(portal.signed_in(), f"{NEW};Kantoor\r\n{OTHER};Café\r\n".encode("utf-16"), text="\r\n")
    assert lines_of(plan) == [("add", NEW), ("add", OTHER)]
    assert plan.one("textarea").get_text() == f"{NEW};Kantoor\n{OTHER};Café\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "required"),
        (" \n\n", "required"),
        ("# nothing\n", "nothing"),
        ("\n".join(f"10.0.{n // 256}.{n % 256}" for n in range(1_001)), "too_many_networks"),
        (f"{NEW}\n" + "#" * 256 * 1024, "too_large"),
    ],
)
def test_what_is_no_list_is_refused_with_the_reason_and_stays_in_the_box(portal: Portal, text: str, code: str) -> None:
    answer = asks_for_plan(portal.signed_in(), text)
    assert (answer.status, answer.errors) == (422, [code])
    assert answer.one("textarea[aria-invalid]").get_text().strip() == text.strip()


def test_a_text_and_a_file_are_not_both_read(portal: Portal) -> None:
    answer = sends_file(portal.signed_in(), b"10.0.0.0/8", text=NEW)
    assert (answer.status, answer.errors, answer.one("textarea").get_text()) == (422, ["both"], NEW)


def test_a_file_in_another_encoding_is_refused_by_line(portal: Portal) -> None:
    answer = sends_file(portal.signed_in(), f"{NEW}\n{OTHER} Café\n".encode("latin-1"))
    assert (answer.status, answer.errors) == (422, ["encoding"])
    assert "line 2" in answer.one("[data-error]").get_text()


def test_a_text_that_begins_with_an_empty_line_comes_back_as_it_was(portal: Portal) -> None:
    plan = asks_for_plan(portal.signed_in(), f"\n{NEW}\n")
    assert f">\n\n{NEW}\n</textarea>" in plan.text  # of which HTML drops the first line feed


def test_with_htmx_the_plan_takes_the_place_of_the_form_or_of_the_list(portal: Portal) -> None:
    dana = portal.signed_in()
    plan = dana.post(PLAN, {"text": NEW}, htmx=True, headers={"HX-Target": "import"})
    assert plan.text.startswith('<section class="card" id="import"')
    assert "HX-Retarget" not in plan.headers
    plan = dana.post(PLAN, {"text": f"{NEW} {OTHER}"}, htmx=True, headers={"HX-Target": "allowlist-add"})
    assert (plan.headers["HX-Retarget"], plan.headers["HX-Push-Url"]) == (".desk", PLAN)


def test_an_old_form_comes_back_with_its_text(portal: Portal) -> None:
    answer = portal.signed_in().post(PLAN, {"text": TYPED, "mode": "replace"}, csrf="old")
    assert (answer.status, answer.refused) == (400, "csrf")
    assert answer.one("textarea").get_text() == TYPED
    assert answer.one("[name=mode][checked]")["value"] == "replace"


def test_a_page_of_somebody_else_shows_the_text_to_copy(portal: Portal) -> None:
    dana = portal.signed_in()
    sent = TYPED.replace("\n", "\r\n")  # as a browser does
    answer = dana.post(PLAN, {"text": sent, "page": portal.signed_in("sanne").identity})
    assert (answer.status, answer.refused) == (409, "other_identity")
    assert answer.one("dd").get_text() == TYPED


def test_members_have_no_import(portal: Portal) -> None:
    sanne = portal.signed_in("sanne")
    assert sanne.get(PLAN).status == 403
    assert asks_for_plan(sanne, NEW).status == 403
    answer = sanne.post(PLAN, {"text": NEW}, csrf="old", headers=HTMX)
    assert (answer.status, BASE in answer.text) == (400, False)


def test_what_is_not_done_is_said(portal: Portal) -> None:
    portal.set_list(COVER, comment="Rotterdam")
    plan = asks_for_plan(portal.signed_in(), f"{COVER} Utrecht\n\u00a0{NEW}\u200b\n")
    assert "stays; the text says “Utrecht”" in plan.one("[data-line=keep]").get_text()
    said = " ".join(plan.one("#import-summary").get_text().split())
    assert "Invisible blanks at the ends of 1 line were left out." in said


def test_where_nothing_would_change_there_is_nothing_to_apply(portal: Portal) -> None:
    portal.set_list(COVER)
    plan = asks_for_plan(portal.signed_in(), COVER, mode="replace")
    assert "1 unchanged." in plan.one("#import-summary").get_text()
    assert not plan.all("button[formaction]")


def test_a_range_of_many_networks_is_corrected_by_one_button(portal: Portal) -> None:
    dana, text = portal.signed_in(), "192.0.2.1-192.0.2.30\n"
    button = asks_for_plan(dana, text).one("[name=correct]")
    assert " ".join(button.get_text().split()) == "Use these 8 networks"
    plan = asks_for_plan(dana, text, correct=button["value"])
    assert [kind for kind, _ in lines_of(plan)] == ["add"] * 8


def test_a_plan_of_a_thousand_lines_against_a_thousand_networks_stays_small(portal: Portal) -> None:
    spread = [f"{n * 7 % 223 + 1}.{n * 13 % 256}.{n * 29 % 256}.0/24" for n in range(2_000)]
    portal.put_list(*spread[:1_000])
    text = "\n".join(f"{network} Office {n * 17 % 1_000}" for n, network in enumerate(spread[1_000:]))
    plan = asks_for_plan(portal.signed_in(), text, mode="replace")
    assert len(lines_of(plan)) == 2_000
    assert len(gzip.compress(plan.text.encode(), 6)) < 60 * 1024


def test_where_nothing_is_to_change_nothing_is_asked(portal: Portal) -> None:
    portal.set_list(COVER)
    summary = asks_for_plan(portal.signed_in(), COVER).one("#import-summary").get_text(" ", strip=True)
    assert "There is nothing to change." in summary


def test_a_spreadsheet_that_is_no_text_is_to_be_saved_as_one(portal: Portal) -> None:
    answer = sends_file(portal.signed_in(), b"PK\x03\x04\x14\x00\x06\x00")
    assert (answer.status, answer.errors) == (422, ["nul"])
    assert "Save it as CSV or as text" in answer.one("#import-text-error").get_text()


def test_a_row_of_a_spreadsheet_that_is_wrong_is_shown_with_blanks_between_its_columns(portal: Portal) -> None:
    plan = asks_for_plan(portal.signed_in(), "Network\tComment\n198.51.100.9/24\tAntwerp office\n")
    assert plan.one("[data-line=error] code").get_text() == "198.51.100.9/24 Antwerp office"
