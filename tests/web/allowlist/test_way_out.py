"""Signing out is one click away on every page of whoever is signed in (ASVS 7.4.4)."""

from __future__ import annotations

from tests.support.client import BASE, Portal

PAGES = ("/", "/account/settings", BASE, f"{BASE}/activate", f"{BASE}/sessions")


def test_every_page_of_whoever_is_signed_in_has_a_button_to_sign_out(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    for person, paths in (("dana", PAGES), ("sanne", PAGES[:3])):
        browser = portal.signed_in(person)
        for path in paths:
            button = browser.get(path).one("form[action='/logout'][method=post] button")
            assert button.get_text(strip=True) == "Sign out", (person, path)
