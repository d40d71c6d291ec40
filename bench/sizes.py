"""Every page and partial of an account with 100 of one thing and with 100,000: the ratio of times."""

from __future__ import annotations

from bench.report import Figure, Section
from proofs.databases import database
from proofs.sizes import Measured, analyze, measure
from tests.conftest import dispose
from tests.support.large import THINGS, crowd, large
from tests.support.quick import new_app

FEW, MANY, TURNS = 100, 100_000, 3


def figures(kind: str) -> Section:
    """Fill and measure."""
    found: dict[str, dict[str, list[Measured]]] = {}
    with database(kind) as url:
        app = new_app(url)
        people = crowd(app, MANY + 3)
        accounts = {thing: [large(app, thing, size, people) for size in (FEW, MANY)] for thing in THINGS}
        analyze(app)
        for thing, pair in accounts.items():
            found[thing] = measure(app, pair, TURNS)
        dispose(app)
    return Section(
        f"Pages of an account with {FEW} and with {MANY:,} of one thing, {kind}",
        f"Accounts with so many of {', '.join(THINGS)} (1,000 networks at most); every GET route as a page and over "
        f"htmx, and the questions; {TURNS} turns each, the shortest time. Of each page the thing with which its ratio "
        "is the largest.",
        "The HTTP server, nginx, the browser; people who ask at once.",
        [largest(name, {thing: pages[name] for thing, pages in found.items()}) for name in next(iter(found.values()))],
    )


def largest(page: str, found: dict[str, list[Measured]]) -> Figure:
    """Return the largest ratio of a page, and what it is that there is much of."""
    ratios = {thing: many.ms / few.ms for thing, (few, many) in found.items()}
    thing = max(ratios, key=lambda name: ratios[name])
    few, many = found[thing]
    return Figure(
        page.replace("<int:entry_id>", "<id>"), ratios[thing], "x", note=f"{few.ms:.1f} to {many.ms:.1f} ms, {thing}"
    )
