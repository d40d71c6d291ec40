"""Who changes must be in: somebody who is put out between the door and the lock changes and sees nothing (R8b)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.support.client import Browser
from tests.support.put_out import FORMS, SHOWN, WAYS, Facts, Scene, Way, answered_as, url_of
from tests.support.quick import on_each_statement, writing
from tests.support.statements import before_writing, only_once
from tests.support.world import HOME, World
from webapp.domain.address import parse_address
from webapp.domain.allowlist import Allowlist
from webapp.domain.session_end import Limits
from webapp.runtime import clock
from webapp.storage import allowlists
from webapp.storage.events import Actor, ActorSession
from webapp.storage.sessions import hash_of

LOCKED = FORMS | {"refused": SHOWN["refused"]}


def send(scene: Scene, dana: Browser, form: str, *, htmx: bool = False) -> str:
    """Let Dana send the form; return as what she is answered."""
    path, fields = LOCKED[form][1](scene)
    answer = dana.send(url_of(path), fields, htmx=htmx)
    return answered_as(answer.status_code, dict(answer.headers), answer.get_data(as_text=True))


def put_out(other: Flask, scene: Scene, way: Way, facts: list[Facts]) -> None:
    """Put Dana out through another process, and note what there is then."""
    with writing(other) as connection:
        way(connection, scene.world)
    facts.append(scene.facts())


@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_somebody_who_stays_in_has_its_effect(app: Flask, world: World, form: str) -> None:
    scene = Scene.of(app, world, active=LOCKED[form][0])
    before = scene.facts()
    send(scene, Browser(app, HOME, scene.dana()), form)
    assert scene.facts() != before


@pytest.mark.parametrize("form", LOCKED)
def test_whoever_is_put_out_before_the_lock_is_held_changes_nothing(
    app: Flask, second: Flask, world: World, form: str
) -> None:
    found, expected = {}, {}
    for number, (name, (becomes, way)) in enumerate(WAYS.items()):
        scene = Scene.of(app, world, active=LOCKED[form][0])
        dana, facts = Browser(app, HOME, scene.dana()), list[Facts]()
        with before_writing(app, only_once(partial(put_out, second, scene, way, facts))):
            answer = send(scene, dana, form, htmx=number % 2 == 1)
        found[name], expected[name] = (answer, scene.facts()), (becomes, *facts)
    assert found == expected


def test_nobody_is_put_out_between_the_judgement_and_the_commit(app: Flask, impatient: Flask, world: World) -> None:
    dana = Scene.of(app, world, active=True).dana()
    refused = []

    def try_all(present: Allowlist) -> Allowlist:
        for name in ("network removed", "session ended by an owner", "made a member", "membership removed"):
            with pytest.raises(sa.exc.OperationalError), writing(impatient) as connection:
                WAYS[name][1](connection, world)
            refused.append(name)
        return present.deactivate()

    actor = Actor(
        "Dana Kessler",
        world.users["dana"],
        parse_address(HOME),
        ActorSession(hash_of(dana), Limits(timedelta(hours=2), timedelta(hours=12))),
    )
    with app.app_context():
        allowlists.changing(world.halden, actor, "deactivate", try_all, now=clock.now)
    assert len(refused) == 4


@pytest.mark.parametrize("path", ["", "/activate", "/deactivate"])
def test_no_page_shows_a_list_that_does_not_let_its_reader_in(
    app: Flask, second: Flask, world: World, path: str
) -> None:
    scene = Scene.of(app, world, active=True)
    dana = Browser(app, HOME, scene.dana())
    hook = only_once(partial(put_out, second, scene, WAYS["network removed"][1], []))
    with before_loading(app, hook):
        answer = dana.fetch(url_of(path))
    # SQLite's readers see what was there when the request was judged.
    assert answer.status_code == 403 or 'data-covered="true"' in answer.get_data(as_text=True)
    assert dana.fetch(url_of(path)).status_code in {303, 403}


@contextmanager
def before_loading(app: Flask, hook: Callable[[], None]) -> Iterator[None]:
    """Call the hook when the list is about to be read, after the request was judged."""

    def about_to_load(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        if "network.comment" in statement and statement.startswith("SELECT"):
            hook()

    with on_each_statement(app, about_to_load):
        yield
