"""Every page and partial that the portal answers, in its states, by name: what the HTML check validates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tests.support.client import BASE, HISTORY, Answer, Browser, Portal
from tests.support.imports import APPLY, PLAN, applies
from tests.support.past import record_past
from tests.support.quick import put_list, start_session
from tests.support.world import ELSEWHERE, HOME, IPV6
from webapp.domain.address import parse_address
from webapp.domain.comment import MAX_COMMENT
from webapp.runtime import clock
from webapp.storage import blocked_attempts, uses, write

COVER, OTHER = "203.0.113.0/24", "198.51.100.0/24"
TOO_LONG = "x" * (MAX_COMMENT + 1)
Named = Iterator[tuple[str, Answer]]


def every_answer(portal: Portal) -> Named:
    """Yield each answer with the name of its state; the portal's database must be its own."""
    yield from gates(portal)
    dana = portal.signed_in()
    for htmx in (False, True):
        kind = "partial" if htmx else "page"
        for state in (
            reading,
            adding,
            importing,
            undoing_an_import,
            changing_a_row,
            activating,
            refusals,
            beside,
            past,
            going_back,
        ):
            for name, answer in state(portal, dana, htmx):
                yield f"{state.__name__}: {name} ({kind})", answer


def gates(portal: Portal) -> Named:
    """Pages of people who are not in, and of members."""
    visitor = portal.browser()
    yield "sign-in", visitor.get("/login?next=/account/settings")
    yield "wrong password", visitor.sign_in("dana", password="wrong")
    yield "old sign-in form", visitor.post("/login", {"email": "dana@example.com"}, csrf="old")
    yield "no cookie", portal.browser().post("/login", {"email": "dana@example.com"}, csrf="old")
    guesser = portal.browser("192.0.2.77")
    for _ in range(11):
        guesser.sign_in("mara", password="wrong")
    yield "throttled", guesser.sign_in("mara", password="wrong")
    portal.set_list(COVER, active=True)
    blocked = portal.browser(ELSEWHERE)
    yield "blocked", blocked.sign_in("sanne")
    yield "why blocked", blocked.get("/blocked")
    yield "sign-in after a block", blocked.get("/login")
    sanne = portal.signed_in("sanne")
    for path in ("/", "/account/settings", BASE, HISTORY, f"{BASE}/activate", "/nowhere"):
        yield f"member at {path}", sanne.get(path)
    portal.set_list()


def reading(portal: Portal, dana: Browser, htmx: bool) -> Named:
    """The section in its states, and what a search finds."""
    found = {"HX-Target": "allowlist-found"} if htmx else None
    portal.set_list()
    yield "empty", dana.get(BASE, htmx=htmx)
    portal.set_list(OTHER, "2001:db8::/32", "10.0.0.0/8", comment='Rotterdam <office> & "co"')
    yield "inactive, uncovered", dana.get(BASE, htmx=htmx)
    yield "uncovered over IPv6", portal.signed_in("dana", "2001:db9::1").get(BASE, htmx=htmx)
    yield "no trustworthy address", portal.signed_in("dana", None).get(BASE, htmx=htmx)
    put_list(portal.app, portal.world.halden, COVER, *(f"10.0.{n}.0/24" for n in range(60)), active=True)
    yield "active, two pages", dana.get(BASE, htmx=htmx)
    yield "second page", dana.get(f"{BASE}?page=2&sort=network", htmx=htmx, headers=found)
    yield "nothing found", dana.get(f"{BASE}?q=%3CBerlin%3E&filter=ipv6", htmx=htmx, headers=found)
    yield "changes", dana.get(f"{BASE}?keep=1&keep=2", htmx=htmx)
    yield "notice of a change", dana.get("/session?version=old", htmx=True)
    yield "sheet", dana.get(f"{BASE}/print")
    yield "general", dana.get("/account/settings")
    yield "overview", dana.get("/")


def adding(portal: Portal, dana: Browser, htmx: bool) -> Named:
    """The form for a network."""
    for text in ("198.51.100.9/24", "0.0.0.0/0", "<b>", OTHER, "x" * 200, ""):
        portal.set_list(OTHER)
        fields = {"network": text, "comment": "<i>" * 60 if text == "<b>" else "kept"}
        yield f"network {text[:20]!r}", dana.post(f"{BASE}/networks", fields, htmx=htmx)
    portal.set_list()
    yield "the first", dana.post(f"{BASE}/networks", {"network": OTHER}, htmx=htmx)
    yield "the second", dana.post(f"{BASE}/networks", {"network": COVER}, htmx=htmx)
    yield "told so", dana.get(BASE)
    yield "old form", dana.post(f"{BASE}/networks", {"network": "192.0.2.1", "comment": "kept"}, csrf="old", htmx=htmx)
    yield "my address", dana.post(f"{BASE}/networks/current", {"scope": "address"}, htmx=htmx)


def importing(portal: Portal, dana: Browser, htmx: bool) -> Named:
    """Many networks at once: the form, the plan with its question, and why it was not applied."""
    portal.set_list(COVER, OTHER, active=True, comment="Rotterdam <office>")
    start_session(portal.app, portal.world.halden, portal.world.users["sanne"], "198.51.100.9")
    text = f"\n{COVER} # <i>\n198.51.100.9/24\n<b>\n192.0.2.0/24 <u>\n192.0.2.0/24\n10.0.0.0/7\n2001:db8:40::/48"
    target = {"HX-Target": "import"} if htmx else None
    yield "form", dana.get(PLAN)
    for fields in ({}, {"correct": "1 198.51.100.0/24"}, {"mode": "replace"}, {"mode": "replace", "skip_errors": "1"}):
        yield f"plan {fields}", dana.post(PLAN, {"text": text} | fields, htmx=htmx, headers=target)
    for kind in ("", "# nothing", COVER, "\0", "x\n" * 1_001):
        yield f"plan of {kind[:20]!r}", dana.post(PLAN, {"text": kind}, htmx=htmx, headers=target)
    fields = {"text": text, "mode": "replace", "version": portal.list().revision, "digest": "0"}
    yield "stale", dana.post(APPLY, fields, htmx=htmx, headers=target)
    yield "old form", dana.post(APPLY, fields, csrf="old", htmx=htmx, headers=target)
    yield "not applied", applies(dana, "192.0.2.0/24\n10.0.0.0/7", "replace", htmx=htmx)
    yield "leaves out", applies(dana, "192.0.2.0/24", "replace", htmx=htmx)
    yield "signs out", applies(dana, COVER, "replace", htmx=htmx)
    yield "applied", applies(dana, "192.0.2.0/24", htmx=htmx)


def undoing_an_import(portal: Portal, dana: Browser, htmx: bool) -> Named:
    """Undo of an import: offered, done, and why it was not done."""
    undo: dict[str, str] = {}
    for name, before, after in (("", OTHER, "10.0.0.0/7"), ("wide", "10.0.0.0/7", OTHER), ("leaves out", OTHER, COVER)):
        portal.set_list(before)
        applies(dana, after, "replace", confirm_wide="1")
        page = dana.get(BASE)
        yield f"imported {name}", page
        undo = {"token": page.value("token")}
        if name == "leaves out":
            portal.force_active()
        yield f"old undo form {name}", dana.post(f"{BASE}/networks/restore", undo, csrf="old", htmx=htmx)
        yield f"undone {name}", dana.post(f"{BASE}/networks/restore", undo, htmx=htmx)
    portal.set_list(COVER)
    yield "changed since", dana.post(f"{BASE}/networks/restore", undo, htmx=htmx)


def row_url(portal: Portal, network: str) -> str:
    """Return the URL of a row."""
    return f"{BASE}/networks/{portal.id_of(network)}"


def changing_a_row(portal: Portal, dana: Browser, htmx: bool) -> Named:
    """A row shown, edited, asked about, deleted, restored, gone."""
    portal.set_list(COVER, OTHER, comment="Rotterdam")
    url, version = row_url(portal, OTHER), {"version": portal.version_of(OTHER)}
    yield "shown", dana.get(url, htmx=htmx)
    yield "edit", dana.get(f"{url}/edit", htmx=htmx)
    yield "delete", dana.get(f"{url}/delete", htmx=htmx)
    yield "mistake", dana.post(url, version | {"network": "198.51.100.9/25", "comment": TOO_LONG}, htmx=htmx)
    yield "wide", dana.post(url, version | {"network": "::/0"}, htmx=htmx)
    yield "stale", dana.post(url, {"network": OTHER, "comment": "mine", "version": "old"}, htmx=htmx)
    yield "saved", dana.post(url, version | {"network": OTHER, "comment": "Amsterdam"}, htmx=htmx)
    deleted = dana.post(f"{url}/delete", {"version": portal.version_of(OTHER)}, htmx=htmx)
    yield "deleted", deleted
    token = (deleted if htmx else dana.get(BASE)).value("token")
    yield "undo offered again", dana.get(BASE, htmx=htmx)
    yield "gone", dana.post(url, version | {"network": OTHER, "comment": "mine"}, htmx=htmx)
    yield "old undo form", dana.post(f"{BASE}/networks/restore", {"token": token}, csrf="old", htmx=htmx)
    yield "restored", dana.post(f"{BASE}/networks/restore", {"token": token}, htmx=htmx)
    yield "restored twice", dana.post(f"{BASE}/networks/restore", {"token": token}, htmx=htmx)
    yield "undo of nothing", dana.post(f"{BASE}/networks/restore", {"token": "x"}, htmx=htmx)
    portal.set_list(OTHER)
    url, version = row_url(portal, OTHER), {"version": portal.version_of(OTHER)}
    yield "the last one deleted", dana.post(f"{url}/delete", version, htmx=htmx)


def activating(portal: Portal, dana: Browser, htmx: bool) -> Named:
    """The two questions and their answers."""
    url = f"{BASE}/activate"
    portal.set_list()
    yield "empty list", dana.get(url, htmx=htmx)
    portal.set_list(COVER)
    yield "covered", dana.get(url, htmx=htmx)
    portal.set_list(OTHER)
    for person, address in (("mara", ELSEWHERE), ("sanne", "198.51.100.9"), ("sanne", IPV6)):
        start_session(portal.app, portal.world.halden, portal.world.users[person], address)
        seen(portal, person, address)
    yield "uncovered", dana.get(url, htmx=htmx)
    yield "uncovered over IPv6", portal.signed_in("dana", "2001:db9::1").get(url, htmx=htmx)
    yield "no trustworthy address", portal.signed_in("dana", None).get(url, htmx=htmx)
    revision = {"version": portal.list().revision}
    yield "refused", dana.post(url, revision, htmx=htmx)
    yield "mistake", dana.post(url, revision | {"add_current": "1", "comment": TOO_LONG}, htmx=htmx)
    yield "stale", dana.post(url, {"version": "old", "comment": "kept"}, htmx=htmx)
    added = {"network": f"{ELSEWHERE}/32", "return": "activate"}
    yield "one added", dana.post(f"{BASE}/networks", added, htmx=htmx)
    both = {"networks": "192.0.2.1/32 192.0.2.2/32", "return": "activate"}
    yield "all added", dana.post(f"{BASE}/networks", both, htmx=htmx)
    yield "activated", dana.post(url, {"version": portal.list().revision, "add_current": "1"}, htmx=htmx)
    yield "in effect", dana.get(BASE, htmx=htmx)
    yield "deactivate", dana.get(f"{BASE}/deactivate", htmx=htmx)
    yield "old form", dana.post(f"{BASE}/deactivate", csrf="old", htmx=htmx)
    yield "deactivated", dana.post(f"{BASE}/deactivate", htmx=htmx)


def refusals(portal: Portal, dana: Browser, htmx: bool) -> Named:
    """What leaves oneself or others out."""
    start_session(portal.app, portal.world.halden, portal.world.users["sanne"], "198.51.100.9")
    for networks in ((COVER, OTHER), (COVER,)):
        portal.set_list(*networks, active=True)
        fields: dict[str, Any] = {"version": portal.version_of(COVER), "network": "192.0.2.0/24"}
        yield f"own of {len(networks)}", dana.post(row_url(portal, COVER) + "/delete", fields, htmx=htmx)
        yield f"own of {len(networks)} edited", dana.post(row_url(portal, COVER), fields, htmx=htmx)
    portal.set_list(COVER, OTHER, active=True)
    for number in range(7):
        seen(portal, "mara", f"198.51.100.{number}")
    seen(portal, "sanne", ELSEWHERE)
    yield "used lately", dana.get(row_url(portal, OTHER) + "/delete", htmx=htmx)
    all_of_them = {"return": "there", "networks": "<b>"}
    target = {"HX-Target": "network-1-add-all"} if htmx else {}
    yield "not all added there", dana.post(f"{BASE}/networks", all_of_them, htmx=htmx, headers=target)
    all_of_them["networks"] = "192.0.2.201/32 192.0.2.202/32"
    yield "all added there", dana.post(f"{BASE}/networks", all_of_them, htmx=htmx, headers=target)
    fields = {"version": portal.version_of(OTHER), "network": "192.0.2.0/24"}
    yield "others", dana.post(row_url(portal, OTHER) + "/delete", fields, htmx=htmx)
    yield "others, edited", dana.post(row_url(portal, OTHER), fields, htmx=htmx)


def beside(portal: Portal, dana: Browser, htmx: bool) -> Named:
    """The tools."""
    portal.set_list(COVER, active=True)
    for address in (HOME, ELSEWHERE, "nonsense", "", "203.0.113.0/25"):
        yield f"check {address!r}", dana.get(f"{BASE}/check?address={address}", htmx=htmx)
    yield "no attempts", dana.get(f"{BASE}/blocked", htmx=htmx)
    for person, address in (("sanne", ELSEWHERE), ("mara", ELSEWHERE), ("mara", IPV6)):
        with portal.app.app_context():
            write(lambda session, p=person, a=address: blocked_attempts.record(session, **attempt(portal, p, a)))  # type: ignore[misc]
    yield "attempts", dana.get(f"{BASE}/blocked", htmx=htmx)
    there = {"return": "there", "network": "192.0.2.200/32", "comment": "Sanne <Li>"}
    for name, fields in (("added there", there), ("not added there", there | {"network": "<b>"})):
        yield name, dana.post(f"{BASE}/networks", fields, htmx=htmx, headers={"HX-Target": "blocked-1"} if htmx else {})
    reference = portal.browser(ELSEWHERE).sign_in("sanne").one("[data-reference]")["data-reference"]
    for text in (reference, f"Reference: {reference}.", "blk_0000-0000"):
        yield f"check {text!r}", dana.get(f"{BASE}/check?address={text}", htmx=htmx)
    for number in range(12):
        start_session(portal.app, portal.world.halden, portal.world.users["sanne"], f"198.51.100.{number}")
    yield "signed in", dana.get(f"{BASE}/sessions", htmx=htmx)
    yield "everybody signed in", dana.get(f"{BASE}/sessions?all=1", htmx=htmx)
    yield "signed out", dana.post(f"{BASE}/sessions/end", {"key": "0" * 16}, htmx=htmx)
    yield "old form", dana.post(f"{BASE}/sessions/end", {"key": "0" * 16}, csrf="old", htmx=htmx)


def past(portal: Portal, dana: Browser, htmx: bool) -> Named:
    """History: both views, what is found, what cannot be looked for, one event."""
    record_past(portal.app, portal.world, 60, clock.now() - timedelta(days=9))
    portal.set_list(COVER, OTHER, comment="Rotterdam <office>")
    target = {"HX-Target": "history-found"} if htmx else {}
    yield "latest", dana.get(HISTORY, htmx=htmx)
    yield "found", dana.get(f"{HISTORY}?what=import&network={HOME}", htmx=htmx, headers=target)
    yield "nothing found", dana.get(f"{HISTORY}?network=192.0.2.77", htmx=htmx, headers=target)
    older = dana.get(HISTORY).one("nav.older a")["href"]
    yield "older", dana.get(str(older), htmx=htmx, headers=target)
    yield "access", dana.get(f"{HISTORY}?view=access", htmx=htmx, headers=target)
    yield "mistakes", dana.get(f"{HISTORY}?who=x&what=x&network=%3Cb%3E&from=x&to=x&page=x", htmx=htmx, headers=target)
    for row in dana.get(HISTORY).all("[data-event]")[:4]:
        yield f"event {row['data-kind']} {row['data-event']}", dana.get(f"{HISTORY}/{row['data-event']}")


def going_back(portal: Portal, dana: Browser, htmx: bool) -> Named:
    """Restoring an earlier list and undoing a change: the plans, their questions, and why not."""
    portal.set_list(COVER)
    for network in (OTHER, "0.0.0.0/0", IPV6):
        dana.post(f"{BASE}/networks", {"network": network, "comment": "Rotterdam <b>", "confirm_wide": "1"})
    urls = [f"{HISTORY}/{row['data-event']}" for row in dana.get(HISTORY).all("[data-event]")][:3]
    yield "the same list", dana.get(f"{urls[0]}/restore")
    for network in ("0.0.0.0/0", OTHER):
        dana.post(row_url(portal, network) + "/delete", {"version": portal.version_of(network)})
    portal.force_active()
    seen(portal, "mara", ELSEWHERE)
    start_session(portal.app, portal.world.halden, portal.world.users["sanne"], "198.51.100.9")
    for way in ("restore", "undo"):
        for url in urls:
            yield f"{way} {url}", dana.get(f"{url}/{way}")
            yield f"{way} {url}, stale", dana.post(f"{url}/{way}", {"version": "old"}, htmx=htmx)
            yield f"{way} {url}, old form", dana.post(f"{url}/{way}", csrf="old", htmx=htmx)
    yield "more, mistaken", dana.get(f"{urls[0]}/restore?also=%3Cb%3E")


def attempt(portal: Portal, person: str, address: str) -> dict[str, Any]:
    """Return a blocked attempt of now."""
    return {
        "account_id": portal.world.halden,
        "user_id": portal.world.users[person],
        "address": address,
        "now": clock.now(),
    }


def seen(portal: Portal, person: str, address: str, now: datetime | None = None) -> None:
    """Somebody has used the portal from an address."""
    fields = attempt(portal, person, address) | {"address": parse_address(address), "now": now or clock.now()}
    with portal.app.app_context():
        write(lambda session: uses.record(session, **fields))
