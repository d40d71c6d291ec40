"""Every refusal is said where the form was, with htmx and without: also one that is new."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jinja2 import ChoiceLoader, DictLoader

from tests.support.client import BASE, Answer, Portal
from webapp.domain import allowlist as rules
from webapp.domain.allowlist import Entry, Refused
from webapp.domain.applying import AddsWide, HasErrors, RemovesUnsure
from webapp.domain.leaving_out import LeavesNobodyIn, LeavesOwnersOut
from webapp.domain.network import parse_network
from webapp.domain.reading.unreadable import Unreadable
from webapp.domain.signed_in import NotNamed, Person, SignsOutOthers
from webapp.domain.undoing import ChangedSince
from webapp.settings.allowlist import change
from webapp.settings.allowlist.delete import Delete
from webapp.settings.allowlist.forms.field_errors import FieldError, FieldErrors
from webapp.settings.allowlist.forms.submitted import CsrfStale
from webapp.settings.allowlist.undo import TooLate
from webapp.settings.allowlist.views.rehearsal import UsedLately
from webapp.settings.allowlist.views.undo import token_of

LISTED = "203.0.113.0/24"


class Unheard(Refused):
    """A refusal that no template knows."""

    code = "unheard"


# With the form whose own words it has.
SAMPLES: list[tuple[Refused, str]] = [
    (rules.Gone(), "edit"),
    (rules.Stale(), "edit"),
    (rules.NoAddress(), "edit"),
    (rules.NotCovered(), "activate"),
    (rules.LeavesYouOut(("deactivate",), last=False), "edit"),
    (rules.AddressChanged("192.0.2.1"), "edit"),
    (rules.Duplicate(Entry(parse_network(LISTED), id=1)), "edit"),
    (rules.Full(), "add"),
    (SignsOutOthers((Person(1, "Mara Osei", ("192.0.2.1",)),)), "edit"),
    (UsedLately(), "edit"),
    (NotNamed((Person(1, "Mara Osei", ("192.0.2.1",)),)), "activate"),
    (FieldErrors(form=FieldError("twice", "A field was sent twice.")), "edit"),
    (CsrfStale(), "edit"),
    (HasErrors(()), "import"),
    (RemovesUnsure((parse_network(LISTED),)), "import"),
    (AddsWide((parse_network("0.0.0.0/0"),)), "import"),
    (ChangedSince((parse_network(LISTED),)), "undo"),
    (TooLate(), "undo"),
    (rules.Gone(), "undo"),
]
# Said by asking, with the focus on the question.
QUESTIONS = {"not_covered", "used_lately"}
# Said by commands, by the API, or as an error of a field.
ELSEWHERE = {LeavesOwnersOut, LeavesNobodyIn, Unreadable}
PATHS = {"add": "networks", "undo": "networks/restore", "import": "import/apply"}


def every_refusal(kind: type[Refused] = Refused) -> Iterator[type[Refused]]:
    """All classes of refusals of the portal."""
    for below in kind.__subclasses__():
        if below.__module__.startswith("webapp."):
            yield below
        yield from every_refusal(below)


def refused(portal: Portal, monkeypatch: pytest.MonkeyPatch, form: str, refusal: Refused, htmx: bool = False) -> Answer:
    """Send a form that is refused for that reason."""

    def refuse(*_args: object, **_named: object) -> None:
        raise refusal

    monkeypatch.setattr(change, "changing", refuse)
    listed = f"networks/{portal.id_of(LISTED)}" if portal.networks() else ""
    path = (PATHS | {"edit": listed, "delete": f"{listed}/delete"}).get(form, form)
    with portal.app.app_context():
        token = {"token": token_of(1, None)} if form == "undo" else {}
    return portal.signed_in().post(f"{BASE}/{path}", {"network": LISTED, "text": LISTED} | token, htmx=htmx)


def said(answer: Answer) -> list[str]:
    """Return the texts of the refusal."""
    return [" ".join(tag.get_text(" ").split()) for tag in answer.all("[data-refused], [data-error]")]


def test_there_is_a_sample_of_every_refusal() -> None:
    assert {type(refusal) for refusal, _ in SAMPLES} | ELSEWHERE == set(every_refusal())


@pytest.mark.parametrize(("refusal", "form"), SAMPLES, ids=lambda one: getattr(one, "code", None))
def test_every_refusal_has_its_words(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, refusal: Refused, form: str, htmx: bool
) -> None:
    if form != "activate":
        portal.set_list(LISTED)
    answer = refused(portal, monkeypatch, form, refusal, htmx)
    assert answer.status in {400, 404, 409, 422}
    (text,) = said(answer)
    assert len(text.split()) > 3
    assert "can’t be done now" not in text
    for tag in answer.all("[data-refused][role=group]"):
        assert len(answer.one(f"#{tag['aria-labelledby']}").get_text().split()) > 3
    assert answer.all("[data-refused][role=group]") or answer.errors or refusal.code in QUESTIONS


@pytest.mark.parametrize("form", ["add", "edit", "delete", "undo", "import", "activate", "deactivate"])
def test_a_refusal_that_no_form_knows_is_said_with_its_class(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, form: str, htmx: bool
) -> None:
    portal.set_list(LISTED)
    answer = refused(portal, monkeypatch, form, Unheard(), htmx)
    assert (answer.status, answer.refused) == (409, "unheard")
    assert said(answer) == [
        "This can’t be done now (unheard). Nothing was changed. Look at the list as it is now, and try again."
    ]


def test_a_new_verb_shows_its_partial_in_the_row_without_htmx(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    portal.set_list(LISTED, "192.0.2.0/24")
    partial = '<tr id="network-{{ row.id }}" class="pause" role="row"><td role="cell">{{ row.refused }}</td></tr>'
    templates = DictLoader({"settings/allowlist/_pause.html": partial})
    environment = portal.app.jinja_env
    monkeypatch.setattr(environment, "loader", ChoiceLoader([templates, environment.loader or templates]))
    monkeypatch.setattr(Delete, "mode", "pause")
    page = refused(portal, monkeypatch, "delete", Unheard())
    assert page.one(f"#network-{portal.id_of(LISTED)}.pause").get_text() == "unheard"
    assert len(page.all("#allowlist-rows tr")) == 2
