"""What a screen reader would say of a page, as text: of the accessibility tree and of the live regions.

Three things are said by themselves: what gets the focus, unless that goes on at once, by role, name (else its text),
state and description; a live region that was there before its text changed, all of it; an alert, also a new one. A page
that is loaded says its title first.
"""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import CDPSession, Page

# The order of what is heard: at the moment of each change, once for all changes of a region in one turn of the script.
LISTEN = """
if (!window.heard) {
  const LIVE = "[role=status], [role=alert], [aria-live]";
  const isShown = (element) => element.checkVisibility();
  const known = new Set();
  const learn = () => document.querySelectorAll(LIVE).forEach((region) => known.add(region));
  window.heard = [];
  window.focused = [];
  addEventListener("focusin", ({ target, timeStamp: at }) => {
    if (heard.length && at - heard.at(-1).at < 50) heard.pop(); // it goes on at once: nobody hears the name
    heard.push({ at, focused: focused.push(target) - 1 });
  }, true);
  const changed = (records) => new Set(records.flatMap(({ target, addedNodes, type }) => {
    const element = target.closest ? target : target.parentElement;
    const inside = [...addedNodes].flatMap((node) => [...(node.querySelectorAll?.("[role=alert]") ?? [])]);
    const isSaid = addedNodes.length || type === "attributes" || type === "characterData";
    return isSaid ? [element?.closest(LIVE), ...inside].filter(Boolean) : [];
  }));
  const listen = () => new MutationObserver((records) => {
    for (const region of changed(records)) {
      const isHeard = known.has(region) || region.matches("[role=alert]");
      const text = region.textContent.replace(/\\s+/g, " ").trim();
      if (isHeard && text && region.isConnected && isShown(region)) heard.push({ text });
    }
    learn();
  }).observe(document, { subtree: true, childList: true, characterData: true, attributeFilter: ["hidden"] });
  const start = () => { learn(); listen(); };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
}
"""
STATES = {"invalid", "expanded", "checked"}


class ScreenReader:
    """Listens to a page from now on."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._cdp.send("Accessibility.enable")
        page.add_init_script(LISTEN)
        page.evaluate(LISTEN)

    def says(self) -> list[str]:
        """Return what was said since the last time, each utterance as one text."""
        self.page.wait_for_timeout(300)  # whatever is said late is said, too
        heard: list[dict[str, Any]] = self.page.evaluate("heard.splice(0)")
        said = [one["text"] if "text" in one else self._of_focused(one["focused"]) for one in heard]
        return [text for text in said if text]

    def says_of_a_new_page(self) -> list[str]:
        """Return what was said since a page was loaded: its title, and what has the focus."""
        said = self.says()
        return [self.page.title(), *(said or [self._of("document.activeElement")])]

    def _of_focused(self, index: int) -> str:
        element = f"focused[{index}]"
        return self._of(element) if self.page.evaluate(f"{element}.isConnected") else ""

    def _of(self, element: str) -> str:
        found = self._cdp.send("Runtime.evaluate", {"expression": element})["result"]["objectId"]
        sent = {"objectId": found, "fetchRelatives": False}
        node = self._cdp.send("Accessibility.getPartialAXTree", sent)["nodes"][0]
        name, description = (node.get(part, {}).get("value", "") for part in ("name", "description"))
        states = [one["name"] for one in node.get("properties", ()) if _is_said(one)]
        text = name or self.page.evaluate(f"{element}.innerText")
        return ", ".join(part for part in (node["role"]["value"], _flat(text), *states, _flat(description)) if part)


def _is_said(state: dict[str, Any]) -> bool:
    return state["name"] in STATES and state["value"]["value"] not in {"false", False}


def _flat(text: str) -> str:
    return " ".join(text.split())


def sentences(said: list[str]) -> list[str]:
    """Return the sentences of what was said."""
    return [sentence for one in said for sentence in re.findall(r"[A-Z“][^.?!]*(?:\.\d[^.?!]*)*[.?!]", one)]
