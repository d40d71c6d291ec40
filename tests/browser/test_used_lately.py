"""Who used the portal lately: added beside the list and in its questions, and the focus is never lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.list_states import LIST_STATES
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.browser.states import COVER
from tests.browser.steps import OTHER, used_lately
from tests.browser.test_accessibility import check
from tests.support.client import Portal
from tests.support.world import OFFICE

pytestmark = [pytest.mark.browser, ON_SQLITE, WITH_JAVASCRIPT]
USED_LATELY = [name for name in LIST_STATES if name.endswith("used-lately")]


@pytest.mark.parametrize("name", USED_LATELY)
def test_axe_finds_nothing(people: People, portal: Portal, name: str) -> None:
    setting, step = LIST_STATES[name]
    setting(portal)
    dana = people.owner()
    step(dana)
    check(dana.page)


def test_beside_an_inactive_list_one_is_added_then_all_by_keyboard(people: People, portal: Portal) -> None:
    used_lately(COVER)(portal)
    page = people.owner().page
    card = page.locator("#allowlist-if-active")
    card.get_by_role("button", name=f"Add {OFFICE}/32").press("Enter")
    expect(page.locator(f'#allowlist-rows tr[data-network="{OFFICE}/32"]')).to_be_visible()
    expect(card.get_by_text(f"{OFFICE}/32")).to_have_count(0)
    expect(page.locator("body")).not_to_be_focused()
    card.get_by_role("button", name="Add all 7").press("Enter")
    expect(card).to_contain_text("Everybody who used the portal during the last 90 days would be let in")
    expect(card.get_by_role("heading")).to_be_focused()


def test_beside_a_row_all_are_added_and_the_question_goes_on(people: People, portal: Portal) -> None:
    used_lately(COVER, OTHER, active=True)(portal)
    dana = people.owner()
    dana.deletes(OTHER)
    row = dana.row(OTHER)
    row.get_by_role("button", name="Add all 6").press("Enter")
    expect(row.locator("p.rehearsal")).to_have_text("Added 6 networks. The list has 8 networks.")
    expect(row.locator("p.rehearsal")).to_be_focused()
    row.get_by_role("button", name=f"Delete {OTHER}").press("Enter")
    expect(row).to_have_count(0)
    assert len(portal.networks()) == 7
