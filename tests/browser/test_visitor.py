"""The watch over every page really sees what must never happen."""

import pytest

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.support.world import HOME

pytestmark = [pytest.mark.browser, ON_SQLITE, WITH_JAVASCRIPT]


@pytest.mark.parametrize(
    ("mischief", "fault"),
    [
        ("document.body.insertAdjacentHTML('beforeend', '<b style=color:red>')", "style-src"),
        ("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(1)>')", "script-src"),
        ("htmx.swap('#main', '<i id=nowhere hx-swap-oob=true></i>', {swapStyle: 'none'})", "htmx:oobErrorNoTarget"),
        ("htmx.trigger(document.body, 'htmx:swapError')", "htmx:swapError"),
        ("console.error('a mistake')", "a mistake"),
        ("void setTimeout(() => { throw Error('a mistake') })", "page error"),
    ],
)
def test_it_hears(people: People, mischief: str, fault: str) -> None:
    visitor = people.at(HOME)
    visitor.goes_to("/login")
    visitor.page.evaluate(mischief)
    visitor.page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    assert fault in "\n".join(visitor.faults)
    visitor.faults.clear()
