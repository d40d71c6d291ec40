"""The sweeps over the URL map, unchanged, on a portal with pages of somebody else's: they are swept without a word."""

from __future__ import annotations

from flask import Flask

from tests.architecture.test_a_page_belongs_to_somebody import (
    asked,
    ola,
    test_an_old_page_changes_and_shows_nothing_in_another_sign_in,
)
from tests.architecture.test_every_route_is_enforced import (
    Request,
    closed,
    fresh,
    test_a_blocked_post_without_a_csrf_token_is_told_of_the_list,
    test_from_an_uncovered_address_whatever_is_not_open_is_denied,
    test_without_a_session_whatever_is_not_open_leads_to_the_sign_in_page,
)
from tests.architecture.test_htmx_gets_partials import (
    test_no_answer_to_htmx_holds_a_page,
    test_no_answer_to_the_htmx_of_somebody_who_is_not_in_holds_a_page,
)
from tests.architecture.test_what_outlives_a_request import test_hostile_requests_grow_nothing_that_is_kept
from tests.support.client import Portal
from tests.support.routes import paths
from tests.web.guard.test_cookies import posts, test_no_form_without_its_cookie_is_called_out_of_date
from tests.web.guard.test_foreign_origin import test_no_route_takes_a_form_of_another_origin
from tests.web.guard.test_last_seen import (
    gets,
    test_a_get_of_an_owner_writes_nothing_but_when_she_was_seen,
    test_every_get_of_an_owner_is_answered_as_usual_while_writers_are_locked_out,
)
from tests.web.identity.test_next_page import forms, test_every_form_leads_to_a_page_of_its_section
from tests.web.test_hostile_everywhere import test_nothing_that_is_sent_breaks_a_route

__all__ = [
    "fresh",
    "ola",
    "test_a_blocked_post_without_a_csrf_token_is_told_of_the_list",
    "test_a_get_of_an_owner_writes_nothing_but_when_she_was_seen",
    "test_an_old_page_changes_and_shows_nothing_in_another_sign_in",
    "test_every_form_leads_to_a_page_of_its_section",
    "test_every_get_of_an_owner_is_answered_as_usual_while_writers_are_locked_out",
    "test_from_an_uncovered_address_whatever_is_not_open_is_denied",
    "test_hostile_requests_grow_nothing_that_is_kept",
    "test_no_answer_to_htmx_holds_a_page",
    "test_no_answer_to_the_htmx_of_somebody_who_is_not_in_holds_a_page",
    "test_no_form_without_its_cookie_is_called_out_of_date",
    "test_no_route_takes_a_form_of_another_origin",
    "test_nothing_that_is_sent_breaks_a_route",
    "test_without_a_session_whatever_is_not_open_leads_to_the_sign_in_page",
]
ALL, ONE, RESTART = "/servers", "/servers/1", "/servers/1/restart"


def test_the_sweeps_ask_the_pages_too(portal: Portal, fresh: Flask) -> None:
    portal.set_list("203.0.113.42/32")
    assert {ALL, ONE, RESTART} <= {path for path, _, _ in paths(portal.app)}
    every_method = {
        Request(method, path, True) for path in (ALL, ONE, RESTART) for method in ("GET", "POST", "OPTIONS")
    }
    assert every_method <= set(closed(fresh))
    assert {(one.method, one.path) for one in asked(portal.app)} > {("GET", ONE), ("POST", RESTART)}
    assert (RESTART, False) in posts(portal.app)
    assert RESTART in forms(portal.app)
    assert {ALL, ONE} <= set(gets(portal))
