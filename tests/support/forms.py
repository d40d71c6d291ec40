"""Pressing a button of an answer, as a browser without JavaScript does, or htmx."""

from __future__ import annotations

from typing import Any

from bs4 import Tag

from tests.support.client import Answer, Browser


def owner(answer: Answer, button: Tag) -> Tag:
    """Return the form that the button sends."""
    found = answer.one(f"#{button['form']}") if button.get("form") else button.find_parent("form")
    assert found is not None, button
    return found


def fields(answer: Answer, button: Tag, **typed: str) -> dict[str, list[str]]:
    """Return what pressing the button sends, after `typed` was typed into the form's visible fields of that name."""
    form, sent = owner(answer, button), dict[str, list[str]]()
    own = [tag for tag in answer.all("input[name]") if tag.find_parent("form") is form]
    for tag in own:
        if tag.get("type") not in ("radio", "checkbox") or tag.has_attr("checked"):
            text = typed.get(str(tag["name"])) if tag.get("type") != "hidden" else None
            sent.setdefault(str(tag["name"]), []).append(str(tag.get("value", "")) if text is None else text)
    if button.get("name"):
        sent.setdefault(str(button["name"]), []).append(str(button.get("value", "")))
    return sent


def press(browser: Browser, answer: Answer, button: Tag, *, htmx: bool = False, **typed: str) -> Answer:
    """Press a button, after typing; no field is sent twice. htmx posts to `hx-post`, a browser to the action."""
    form, sent = owner(answer, button), fields(answer, button, **typed)
    assert all(len(values) == 1 for values in sent.values()), sent
    place: Any = (
        (button.get("hx-post") or form.get("hx-post")) if htmx else button.get("formaction", form.get("action"))
    )
    once = {name: values[0] for name, values in sent.items()}
    assert once.pop("csrf_token")
    return browser.post(str(place), once, htmx=htmx)
