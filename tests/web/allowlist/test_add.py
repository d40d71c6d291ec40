"""POST B/networks."""

from tests.support.client import BASE, Portal
from tests.support.world import ELSEWHERE, HOME
from webapp.domain.allowlist import MAX_NETWORKS
from webapp.domain.comment import MAX_COMMENT

URL = BASE + "/networks"


def test_adding_stores_the_canonical_text_and_goes_back_to_the_list(portal: Portal) -> None:
    dana = portal.signed_in()
    answer = dana.post(URL, {"network": " 2001:0DB8:0:0::/32 ", "comment": " Office VPN "})
    assert (answer.status, answer.location) == (303, BASE)
    entry = portal.list().entries[0]
    assert (entry.network.text, entry.comment, entry.added_by) == ("2001:db8::/32", "Office VPN", "Dana Kessler")
    page = dana.page()
    assert page.one(f"#network-{entry.id}")["data-network"] == "2001:db8::/32"
    assert "Added 2001:db8::/32" in page.one(".notice").get_text()
    assert not dana.page().all(".notice")


def test_with_htmx_the_first_network_brings_the_whole_section(portal: Portal) -> None:
    answer = portal.signed_in().post(URL, {"network": "203.0.113.7"}, htmx=True)
    assert answer.status == 200
    assert answer.headers["HX-Retarget"] == "#ip-allowlist"
    assert answer.headers["HX-Reswap"] == "outerHTML"
    assert answer.one("#ip-allowlist")["data-version"] == portal.list().revision
    assert portal.networks() == ["203.0.113.7/32"]


def test_with_htmx_the_next_network_brings_a_row_an_empty_form_and_the_rest(portal: Portal) -> None:
    portal.set_list("198.51.100.0/24")
    answer = portal.signed_in().post(URL, {"network": "203.0.113.0/24", "comment": "Home"}, htmx=True)
    assert answer.status == 200
    assert f'id="network-{portal.id_of("203.0.113.0/24")}"' in answer.text
    assert answer.one("#allowlist-add").select("[name=network]")[0]["value"] == ""
    assert "covered by" in answer.one("#allowlist-you").get_text()
    assert f'"version": "{portal.list().revision}"' in answer.headers["HX-Trigger"]
    assert '"covered": "true"' in answer.headers["HX-Trigger"]
    assert answer.headers.get("HX-Retarget") is None
    assert "Added 203.0.113.0/24. 2 networks." in answer.text
    assert len(answer.text) <= 4096


def test_a_wider_network_says_which_listed_one_it_makes_superfluous(portal: Portal) -> None:
    portal.set_list("192.0.2.0/24", "203.0.113.0/25")
    answer = portal.signed_in().post(URL, {"network": "203.0.113.0/24"}, htmx=True)
    assert answer.status == 200
    assert "3 networks. 203.0.113.0/25 is inside this one, so it changes nothing while this one stays." in answer.text
    assert portal.networks() == ["203.0.113.0/24", "203.0.113.0/25", "192.0.2.0/24"]


def test_a_network_with_the_portals_proxy_in_it_is_warned_of_and_added(portal: Portal) -> None:
    dana = portal.signed_in()
    dana.post(URL, {"network": "127.0.0.0/8"})
    page, listed = dana.page(), "127.0.0.0/8 contains an address of the portal’s own proxies"
    assert "This contains an address of the portal’s own proxies" in page.one(".notice").get_text()
    assert listed in page.one("#allowlist-notes").get_text()
    assert portal.networks() == ["127.0.0.0/8"]
    portal.set_list("203.0.113.0/24")
    assert "proxies" not in dana.page().one("#allowlist-notes").get_text()


def test_adding_never_activates(portal: Portal) -> None:
    dana = portal.signed_in()
    dana.post(URL, {"network": "203.0.113.0/24"})
    assert not portal.list().active


def test_adding_to_an_active_list_is_in_effect_at_once(portal: Portal) -> None:
    portal.set_list(HOME, active=True)
    dana = portal.signed_in()
    blocked = portal.browser(ELSEWHERE)
    assert blocked.sign_in("mara").status == 403
    dana.post(URL, {"network": ELSEWHERE})
    assert portal.browser(ELSEWHERE).sign_in("mara").status == 303


def test_every_write_gives_list_and_row_new_versions(portal: Portal) -> None:
    dana = portal.signed_in()
    revision = dana.revision()
    dana.post(URL, {"network": "203.0.113.0/24"})
    first = portal.list()
    dana.post(URL, {"network": "198.51.100.0/24"})
    second = portal.list()
    assert len({revision, first.revision, second.revision}) == 3
    assert second.entries[1].version == first.entries[0].version != second.entries[0].version


def test_a_malformed_network_is_refused_with_what_was_typed(portal: Portal, htmx: bool) -> None:
    dana = portal.signed_in()
    answer = dana.post(URL, {"network": "10.0.0.5/8", "comment": "Office"}, htmx=htmx)
    assert (answer.status, answer.errors) == (422, ["host_bits"])
    assert (answer.value("network"), answer.value("comment")) == ("10.0.0.5/8", "Office")
    assert bool(answer.all("title")) is not htmx
    field = answer.one("[name=network][aria-invalid=true]")
    assert answer.one(f"#{field['aria-describedby']}").select("b")[0].get_text()
    assert portal.networks() == []


def test_the_title_of_a_refused_page_begins_with_error(portal: Portal) -> None:
    assert portal.signed_in().post(URL, {"network": ""}).one("title").get_text().startswith("Error: ")


def test_a_duplicate_is_refused_and_shows_the_one_that_is_there(portal: Portal, htmx: bool) -> None:
    portal.set_list("2001:db8::/32")
    dana = portal.signed_in()
    answer = dana.post(URL, {"network": "2001:0db8::/32", "comment": "twice"}, htmx=htmx)
    assert (answer.status, answer.errors) == (422, ["duplicate"])
    assert answer.value("comment") == "twice"
    shown = dana.get(str(answer.one(".err a")["href"]))
    assert shown.one(f"#network-{portal.id_of('2001:db8::/32')}")["data-network"] == "2001:db8::/32"
    assert portal.networks() == ["2001:db8::/32"]


def test_two_accounts_may_list_the_same_network(portal: Portal) -> None:
    portal.set_list("192.0.2.0/24", account=portal.world.northwind)
    assert portal.signed_in().post(URL, {"network": "192.0.2.0/24"}).status == 303
    assert portal.networks() == portal.networks(portal.world.northwind) == ["192.0.2.0/24"]


def test_the_thousandth_is_taken_and_the_next_refused(portal: Portal, htmx: bool) -> None:
    portal.put_list(*[f"192.0.{n // 256}.{n % 256}/32" for n in range(MAX_NETWORKS - 1)])
    dana = portal.signed_in()
    assert dana.post(URL, {"network": "203.0.113.0/24"}).status == 303
    answer = dana.post(URL, {"network": "198.51.100.0/24"}, htmx=htmx)
    assert (answer.status, answer.errors, answer.value("network")) == (422, ["full"], "198.51.100.0/24")
    assert len(portal.networks()) == MAX_NETWORKS


def test_a_comment_has_up_to_140_characters(portal: Portal, htmx: bool) -> None:
    dana = portal.signed_in()
    assert dana.post(URL, {"network": "203.0.113.0/24", "comment": "💻" * MAX_COMMENT}).status == 303
    assert portal.list().entries[0].comment == "💻" * MAX_COMMENT
    answer = dana.post(URL, {"network": "192.0.2.0/24", "comment": "x" * (MAX_COMMENT + 1)}, htmx=htmx)
    assert (answer.status, answer.errors) == (422, ["comment_too_long"])
    assert (answer.value("network"), answer.value("comment")) == ("192.0.2.0/24", "x" * (MAX_COMMENT + 1))
    assert portal.networks() == ["203.0.113.0/24"]


def test_a_comment_that_could_disguise_the_row_is_refused(portal: Portal) -> None:
    dana = portal.signed_in()
    for comment in ("a\0b", "a\u202eb", "a\nb", "a\x7fb"):
        answer = dana.post(URL, {"network": "192.0.2.0/24", "comment": comment}, htmx=True)
        assert (answer.status, answer.errors) == (422, ["comment_characters"]), comment
    assert portal.networks() == []


def test_markup_and_formulas_in_a_comment_are_shown_as_text(portal: Portal) -> None:
    dana = portal.signed_in()
    for number, comment in enumerate(["<script>alert(1)</script>", '"><b onclick=x>', "=HYPERLINK(1)", "{{ 7*7 }}"]):
        dana.post(URL, {"network": f"192.0.2.{number}", "comment": comment})
        page = dana.page()
        assert page.all("td.cmt")[0].get_text() == portal.list().entries[0].comment == comment
        assert not page.all("script:not([src]), [onclick]")


def test_both_fields_are_refused_at_once(portal: Portal) -> None:
    answer = portal.signed_in().post(URL, {"network": "nonsense", "comment": "x" * (MAX_COMMENT + 1)})
    assert (answer.status, answer.errors) == (422, ["hostname", "comment_too_long"])
    assert portal.networks() == []


def test_a_wide_network_needs_a_confirmation(portal: Portal) -> None:
    dana = portal.signed_in()
    for network in ("0.0.0.0/0", "::/0", "128.0.0.0/1", "0.0.0.0/7", "2000::/19"):
        for confirmation in ({}, {"confirm_wide": "0"}, {"confirm_wide": "yes"}):
            answer = dana.post(URL, {"network": network} | confirmation, htmx=True)
            assert (answer.status, answer.errors, answer.value("network")) == (422, ["confirm_wide"], network)
            assert answer.one("#add-network-error button[name=confirm_wide]")["value"] == "1"
    assert portal.networks() == []
    assert dana.post(URL, {"network": "0.0.0.0/0", "confirm_wide": "1"}).status == 303
    assert portal.networks() == ["0.0.0.0/0"]


def test_a_network_just_narrow_enough_needs_none(portal: Portal) -> None:
    dana = portal.signed_in()
    for network in ("10.0.0.0/8", "2000::/20"):
        assert dana.post(URL, {"network": network}).status == 303


def test_a_note_is_never_an_obstacle(portal: Portal) -> None:
    dana = portal.signed_in()
    for network, note in {
        "10.0.0.0/8": "private addresses",
        "10.1.0.0/16": "Another listed network contains this one",
        "0.0.0.0": "lets no one in",  # noqa: S104 - a network, nothing is bound to it
        "64:ff9b::/96": "stand for IPv4 ones",
    }.items():
        answer = dana.post(URL, {"network": network}, htmx=True)
        assert answer.status == 200
        assert note in answer.text
    assert len(portal.networks()) == 4


def test_a_member_adds_nothing(portal: Portal, htmx: bool) -> None:
    sanne = portal.signed_in("sanne")
    assert sanne.post(URL, {"network": "192.0.2.0/24"}, htmx=htmx).status == 403
    assert portal.networks() == []


def test_without_a_session_nothing_is_added(portal: Portal) -> None:
    stranger = portal.browser()
    answer = stranger.post(URL, {"network": "192.0.2.0/24"})
    assert (answer.status, answer.location) == (303, f"/login?next={BASE}")
    answer = stranger.post(URL, {"network": "192.0.2.0/24"}, htmx=True)
    assert (answer.status, answer.headers["HX-Redirect"]) == (401, "/login")
    assert portal.networks() == []


def test_notices_that_no_page_has_shown_do_not_fill_the_cookie(portal: Portal) -> None:
    dana = portal.signed_in()
    token = dana.csrf_token()
    for number in range(40):
        dana.post(f"{BASE}/networks", {"network": f"192.0.2.{number}"}, csrf=token)
    assert len(dana.cookie) < 2_000
    notices = [tag.get_text(strip=True) for tag in dana.page().all(".notice p")]
    assert [notice.split()[1] for notice in notices] == ["192.0.2.37/32.", "192.0.2.38/32.", "192.0.2.39/32."]


def test_nor_do_those_with_the_longest_comments(portal: Portal) -> None:
    comments = ["".join(chr(0x20000 + 97 * number * n) for n in range(MAX_COMMENT)) for number in range(1, 5)]
    dana = portal.signed_in()
    for number, comment in enumerate(comments):
        dana.post(URL, {"network": f"2001:db8:1111:2222:3333:4444:5555:{number}", "comment": comment})
    dana.page()
    for entry in portal.list().entries:
        dana.post(f"{URL}/{entry.id}/delete", {"version": entry.version})
    assert len(dana.cookie) < 3_500
    assert [comment in dana.page().text for comment in comments] == [True] * 4  # by the offers of Undo
