"""What a browser does with a plan: asks for one, and applies what it has shown."""

from __future__ import annotations

from typing import Any

from tests.support.client import BASE, Answer, Browser

PLAN, APPLY = f"{BASE}/import", f"{BASE}/import/apply"


def asks_for_plan(browser: Browser, text: str, **more: Any) -> Answer:
    """Return the plan of a text."""
    return browser.post(PLAN, {"text": text} | more)


def seen(plan: Answer) -> dict[str, str]:
    """Return the fields by which a form says which plan was seen, as its hooks name them."""
    shown = plan.one("[data-plan]")
    return {
        "mode": str(shown["data-plan"]),
        "version": str(shown["data-version"]),
        "digest": str(shown["data-digest"]),
    }


def applies(browser: Browser, text: str, mode: str = "add", *, htmx: bool = False, **more: Any) -> Answer:
    """Ask for the plan of a text, and apply it."""
    skips = {name: more[name] for name in ("skip_errors",) if name in more}
    plan = asks_for_plan(browser, text, mode=mode, **skips)
    return browser.post(APPLY, {"text": text} | seen(plan) | more, htmx=htmx)


def lines_of(plan: Answer) -> list[tuple[str, str]]:
    """Return what becomes of each line: its kind, and the network or the error."""
    return [
        (str(line["data-line"]), str(line.get("data-error") or line.get("data-network")))
        for line in plan.all("[data-line]")
    ]
