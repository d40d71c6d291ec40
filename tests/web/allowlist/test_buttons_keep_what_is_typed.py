"""A button that corrects, confirms or adds sends the form as it is now: what is typed beside it is never lost."""

from bs4 import Tag

from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.forms import owner, press
from tests.support.quick import start_session
from tests.support.world import HOME
from tests.web.allowlist.test_activate_question import offer, was_here

COVER, OTHER, OFFICE = "203.0.113.0/24", "198.51.100.0/24", "192.0.2.9"
BAD = (
    "198.51.100.9/25",
    "192.0.2.0/24 # lab",
    "0.0.0.0/0",
    "office",
    COVER,
    "<192.0.2.1>",
    "192.0.2.7 netmask 255.255.255.0",
)


GONE = "gone"
WIDE = {"network": "::/0", "confirm_wide": "1", "wide": "::/0"}
CASES: list[tuple[str, dict[str, str]]] = [("", {"network": text}) for text in BAD]
CASES += [(OTHER, {"network": text}) for text in BAD]
CASES += [(OTHER, {"network": "192.0.2.1"}), (OTHER, {"network": "192.0.2.1", "version": "old"}), (COVER, WIDE)]
CASES += [
    (COVER, {"network": "192.0.2.0/24"}),
    (GONE, {"network": "192.0.2.1"}),
    (GONE, {"network": "192.0.2.1 # lab"}),
]


def owner_with_a_colleague_elsewhere(portal: Portal) -> Browser:
    start_session(portal.app, portal.world.halden, portal.world.users["sanne"], "198.51.100.200")
    return portal.signed_in()


def refusal(portal: Portal, dana: Browser, row: str, fields: dict[str, str], *, htmx: bool) -> Answer:
    """Be refused: adding, or editing a row."""
    portal.set_list(OTHER, COVER, active=True)
    url = "" if not row else "/999" if row == GONE else f"/{portal.id_of(row)}"
    version = {} if row in ("", GONE) else {"version": portal.version_of(row)}
    answer = dana.post(f"{BASE}/networks{url}", {"comment": "before"} | version | fields, htmx=htmx)
    assert answer.status in (404, 409, 422), (row, fields)
    return answer


def buttons_beside_a_comment(answer: Answer) -> list[Tag]:
    return [tag for tag in answer.all("button") if owner(answer, tag).select("[name=comment]:not([type=hidden])")]


def kept(portal: Portal, answer: Answer, comment: str) -> bool:
    """Whether the comment is stored, or stands in the form that is shown again."""
    stored = comment in {entry.comment for entry in portal.list().entries}
    return stored or comment in {str(tag.get("value")) for tag in answer.all("[name=comment]:not([type=hidden])")}


def test_every_button_of_every_refusal_sends_the_comment_as_it_is_now(portal: Portal, htmx: bool) -> None:
    dana, pressed = owner_with_a_colleague_elsewhere(portal), set[str]()
    for row, fields in CASES:
        for number in range(len(buttons_beside_a_comment(refusal(portal, dana, row, fields, htmx=htmx)))):
            answer = refusal(portal, dana, row, fields, htmx=htmx)
            button = buttons_beside_a_comment(answer)[number]
            done = press(dana, answer, button, htmx=htmx, comment="changed later")
            assert kept(portal, done, "changed later"), (row, fields, button)
            pressed.add(button.get_text())
    corrects = {f"{verb} {what}" for verb in ("Add", "Use") for what in ("198.51.100.0/25", "it anyway")}
    ways_out = {f"Add {HOME}/32 and save", "Save and deactivate the list", "Save and sign Sanne Li out"}
    assert corrects | ways_out | {"Add 192.0.2.1 to the list"} <= pressed


def test_no_form_of_a_refusal_hides_a_copy_of_a_comment(portal: Portal, htmx: bool) -> None:
    dana = owner_with_a_colleague_elsewhere(portal)
    for row, fields in CASES:
        answer = refusal(portal, dana, row, fields, htmx=htmx)
        assert not [tag for tag in answer.all("[name=comment][type=hidden]") if tag["value"]], (row, fields)


def test_adding_what_the_question_offers_keeps_what_is_typed_into_the_question(portal: Portal, htmx: bool) -> None:
    portal.set_list(OTHER)
    was_here(portal, "mara", OFFICE, 3)
    dana = portal.signed_in()
    question = dana.get(f"{BASE}/activate", htmx=htmx)
    answer = press(dana, question, offer(question, f"{OFFICE}/32"), htmx=htmx, comment="Home & desk")
    again = answer if htmx else dana.get(str(answer.location))
    assert again.one("#dialog-comment")["value"] == "Home & desk"
    added = portal.list().entries[0]
    assert (added.network.text, added.comment) == (f"{OFFICE}/32", "")


def test_a_refused_addition_keeps_what_is_typed_into_the_question(portal: Portal, htmx: bool) -> None:
    portal.set_list(OTHER)
    was_here(portal, "mara", OFFICE, 3)
    dana = portal.signed_in()
    question = dana.get(f"{BASE}/activate", htmx=htmx)
    portal.set_list(OTHER, OFFICE)
    answer = press(dana, question, offer(question, f"{OFFICE}/32"), htmx=htmx, comment="Home")
    assert (answer.status, answer.errors, answer.one("#dialog-comment")["value"]) == (422, ["duplicate"], "Home")


def test_a_yes_to_a_wide_network_counts_for_the_one_that_was_named(portal: Portal, htmx: bool) -> None:
    dana = portal.signed_in()
    answer = dana.post(f"{BASE}/networks", {"network": "10.0.0.0/7"}, htmx=htmx)
    button = answer.one("button[name=confirm_wide]")
    again = press(dana, answer, button, htmx=htmx, network="0.0.0.0/0")
    assert (again.status, again.errors) == (422, ["confirm_wide"])
    assert "0.0.0.0/0 contains every IPv4 address" in again.text
    assert press(dana, again, again.one("button[name=confirm_wide]"), htmx=htmx).status == (200 if htmx else 303)
    assert portal.networks() == ["0.0.0.0/0"]


def test_a_wide_network_that_leaves_you_out_is_confirmed_once(portal: Portal) -> None:
    portal.set_list(COVER, active=True)
    dana = portal.signed_in()
    fields = {"network": "::/0", "comment": "", "version": portal.version_of(COVER)}
    wide = dana.post(f"{BASE}/networks/{portal.id_of(COVER)}", fields)
    refused = press(dana, wide, wide.one("button[name=confirm_wide]"))
    assert refused.refused == "leaves_you_out"
    assert press(dana, refused, refused.one("button[name=then][value=add_current]")).status == 303
    assert portal.networks() == [f"{HOME}/32", "::/0"]


def test_a_correction_that_is_refused_stays_in_the_field(portal: Portal, htmx: bool) -> None:
    portal.set_list("198.51.100.0/25")
    dana = portal.signed_in()
    answer = dana.post(f"{BASE}/networks", {"network": "198.51.100.9/25", "comment": "Lab"}, htmx=htmx)
    again = press(dana, answer, answer.all("button[name=use]")[0], htmx=htmx)
    assert (again.status, again.errors, again.value("network")) == (422, ["duplicate"], "198.51.100.0/25")


def test_a_correction_pressed_twice_has_one_effect_and_another_one_is_another(portal: Portal) -> None:
    dana = portal.signed_in()
    answer = dana.post(f"{BASE}/networks", {"network": "198.51.100.9/25", "comment": "Lab"})
    first, second = answer.all("button[name=use]")
    assert [press(dana, answer, button).status for button in (first, first, second)] == [303, 303, 303]
    assert portal.networks() == ["198.51.100.9/32", "198.51.100.0/25"]


def test_a_correction_sent_twice_is_refused(portal: Portal) -> None:
    answer = portal.signed_in().post(f"{BASE}/networks", {"network": "x", "use": ["192.0.2.1", "192.0.2.2"]})
    assert (answer.status, answer.errors, portal.networks()) == (422, ["repeated"], [])
