"""What the app remembers for as long as its process lives: the same answers as Flask's, and no more than it needs."""

from __future__ import annotations

import gc
import re
from weakref import ref

import flask
import pytest
from flask import Flask

from tests.support.client import Browser, Portal
from webapp.guard.csrf import MAX_KEPT, Tokens


@pytest.mark.parametrize("prefix", ["", "/portal"])
def test_every_route_has_the_url_that_flask_gives_it(app: Flask, prefix: str) -> None:
    plain = [rule.endpoint for rule in app.url_map.iter_rules() if not rule.arguments]
    assert len(plain) > 20
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": prefix}):
        for _ in range(2):
            for endpoint in plain:
                assert app.url_for(endpoint) == Flask.url_for(app, endpoint), endpoint
                assert app.url_for(endpoint, _external=True) == f"http://localhost{prefix}" + Flask.url_for(
                    app, endpoint
                ).removeprefix(prefix)


def test_a_url_with_values_is_made_of_those_values(app: Flask) -> None:
    with app.test_request_context("/"):
        assert app.url_for("allowlist.show", sort=None) == "/account/settings/ip-allowlist"
        assert app.url_for("allowlist.show", sort="network") == "/account/settings/ip-allowlist?sort=network"
        assert app.url_for("allowlist.show", _anchor="add") == "/account/settings/ip-allowlist#add"
        assert app.url_for("allowlist.show") == "/account/settings/ip-allowlist"


def test_a_url_outside_of_requests_is_refused_as_flask_refuses_it(app: Flask) -> None:
    with app.test_request_context("/"):
        app.url_for("overview.show")
    with app.app_context(), pytest.raises(RuntimeError, match="SERVER_NAME"):
        app.url_for("overview.show")


def test_a_function_is_forgotten_with_its_last_user_and_a_coroutine_is_never_taken_for_one(app: Flask) -> None:
    def once() -> None:
        pass

    async def later() -> None:
        pass

    for _ in range(2):
        assert app.ensure_sync(once) is once
        with pytest.raises(RuntimeError, match="async"):
            app.ensure_sync(later)
    kept = ref(once)
    del once
    gc.collect()
    assert kept() is None


def shown(browser: Browser, field: str = "csrf_token") -> str:
    """Return what the first form of the overview sends in that field."""
    found = re.search(f'name="{field}" value="([^"]+)"', browser.get("/").text)
    assert found
    return found[1]


def test_each_browser_is_shown_a_token_of_its_own_and_the_same_on_every_page(portal: Portal) -> None:
    browsers = [portal.signed_in_by_page("dana"), portal.signed_in_by_page("mara"), portal.signed_in_by_page("dana")]
    tokens = [shown(browser) for browser in browsers]
    assert len(set(tokens)) == 3
    assert [shown(browser) for browser in browsers] == tokens
    stolen = {"csrf_token": tokens[1], "page": shown(browsers[0], "page")}
    assert browsers[0].client.post("/logout", data=stolen).status_code == 400


def test_a_page_is_made_where_the_session_was_cleared_after_its_first_form(app: Flask) -> None:
    tokens = Tokens()
    with app.test_request_context("/"):
        token = tokens.token()
        flask.session.clear()
        assert tokens.token() == token
    assert token in tokens.kept.values()
    assert len(tokens.kept) == 1


def test_tokens_of_no_more_than_the_last_sessions_are_kept(app: Flask) -> None:
    tokens = Tokens()
    for number in range(MAX_KEPT + 5):
        with app.test_request_context("/"):
            flask.session["csrf_token"] = f"secret {number}"
            assert tokens.token() == tokens.token()
    assert len(tokens.kept) == 5
