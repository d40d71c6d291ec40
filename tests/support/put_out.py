"""All that a signed-in person can send, and all the ways in which they can be put out meanwhile (R8b)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tests.support.client import BASE
from tests.support.quick import Snapshot, Stored, engine_of, put_list, read_list, start_session, writing
from tests.support.world import HOME, World
from webapp.config import Config
from webapp.domain.address import parse_address
from webapp.domain.session_end import BY_OWNER
from webapp.guard import page_identity
from webapp.runtime import clock
from webapp.settings.allowlist.views import undo
from webapp.storage import allowlists
from webapp.storage.events import Actor
from webapp.storage.models import Account, Event, Membership, NetworkRow, PortalSessionRow, SessionTombstone
from webapp.storage.revisions import new_revision
from webapp.storage.sessions import KEY_LENGTH, hash_of

COVER, OTHER, TARGET, GONE, NEW = (
    "203.0.113.0/24",
    "192.0.2.0/24",
    "198.51.100.192/26",
    "198.51.100.0/25",
    "2001:db8:7::/48",
)
LIMITS = Config(secret_key="only its defaults are ever used here")
LISTED = (COVER, OTHER, TARGET)
Fields = dict[str, str]
Facts = tuple[Snapshot, int, int]
Way = Callable[[sa.Connection, World], object]


@dataclass(frozen=True)
class Scene:
    """Dana's account, and what her forms need to know of it: a row, an undone delete, somebody who is signed in."""

    app: Flask
    world: World
    target: Stored
    revision: str
    token: str
    sanne: str
    page: str

    @classmethod
    def of(cls, app: Flask, world: World, *, active: bool) -> Scene:
        """Begin anew: Dana is an owner at HOME, which an active list covers and an inactive one does not."""
        reset(app, world)
        cover = (COVER,) if active else ()
        rows = put_list(app, world.halden, *cover, OTHER, TARGET, GONE, active=active)
        with app.app_context():
            gone, dana = rows[GONE].id, Actor("Dana Kessler", world.users["dana"], parse_address(HOME))
            outcome = allowlists.changing(world.halden, dana, "delete", lambda p: p.remove(gone), now=clock.now)
            assert outcome.event_id is not None
            token, page = (
                undo.token_of(outcome.event_id, outcome.at),
                page_identity.of(world.users["dana"], world.halden),
            )
        sanne = start_session(app, world.halden, world.users["sanne"], "192.0.2.9")
        return cls(app, world, rows[TARGET], outcome.after.revision, token, sanne, page)

    def dana(self) -> str:
        """Sign Dana in; return the id of her portal session."""
        return start_session(self.app, self.world.halden, self.world.users["dana"], HOME)

    def facts(self) -> Facts:
        """Return all that a form could change: list, events, whether Sanne is signed in."""
        events = sa.select(sa.func.count()).select_from(Event)
        sanne = sa.select(sa.func.count()).where(PortalSessionRow.id_hash == hash_of(self.sanne))
        with engine_of(self.app).connect() as connection:
            counts = connection.scalar(events) or 0, connection.scalar(sanne) or 0
        return read_list(self.app, self.world.halden), *counts


def reset(app: Flask, world: World) -> None:
    """Sign everybody out, and make Dana an owner."""
    with writing(app) as connection:
        for table in (PortalSessionRow, SessionTombstone):
            connection.execute(sa.delete(table))
        dana = {"account_id": world.halden, "user_id": world.users["dana"]}
        connection.execute(sa.delete(Membership).filter_by(**dana))
        connection.execute(sa.insert(Membership).values(role="owner", **dana))


def _row(scene: Scene, rest: str, **fields: str) -> tuple[str, Fields]:
    return f"/networks/{scene.target.id}{rest}", {"version": scene.target.version, "confirm_signouts": "1", **fields}


Form = tuple[bool, Callable[[Scene], tuple[str, Fields]]]
# What is sent to a list that is (not) in effect: path and fields.
FORMS: dict[str, Form] = {
    "add": (True, lambda scene: ("/networks", {"network": NEW})),
    "add current": (False, lambda scene: ("/networks/current", {"current": HOME})),
    "edit": (True, lambda scene: _row(scene, "", network=NEW)),
    "delete": (True, lambda scene: _row(scene, "/delete")),
    "restore": (True, lambda scene: ("/networks/restore", {"token": scene.token})),
    "activate": (
        False,
        lambda scene: ("/activate", {"version": scene.revision, "add_current": "1", "current": HOME}),
    ),
    "deactivate": (True, lambda scene: ("/deactivate", {})),
    "end session": (True, lambda scene: ("/sessions/end", {"key": hash_of(scene.sanne)[:KEY_LENGTH]})),
}
# What changes nothing, and is answered with the list: a refused form, and one whose token is too old.
SHOWN: dict[str, Form] = {
    "refused": (True, lambda scene: ("/networks", {"network": "nonsense"})),
    "too old": (True, lambda scene: ("/networks", {"network": NEW, "page": scene.page, "csrf_token": "old"})),
}


def _relist(connection: sa.Connection, world: World, becomes: str = "") -> None:
    cover = sa.and_(NetworkRow.account_id == world.halden, NetworkRow.network == COVER)
    change: Any = sa.update(NetworkRow).values(network=becomes) if becomes else sa.delete(NetworkRow)
    connection.execute(change.where(cover))
    state = {"allowlist_active": True, "allowlist_revision": new_revision()}
    connection.execute(sa.update(Account).where(Account.id == world.halden).values(**state))


def _sessions(world: World) -> sa.ColumnElement[bool]:
    return PortalSessionRow.user_id == world.users["dana"]


def _end_by_owner(connection: sa.Connection, world: World) -> None:
    found = connection.scalars(sa.select(PortalSessionRow.id_hash).where(_sessions(world))).all()
    why = {"user_id": world.users["dana"], "reason": BY_OWNER, "ended_by": world.users["mara"], "ended_at": clock.now()}
    connection.execute(sa.insert(SessionTombstone), [{"id_hash": id_hash, **why} for id_hash in found])
    connection.execute(sa.delete(PortalSessionRow).where(_sessions(world)))


def _age(connection: sa.Connection, world: World, column: str, age: timedelta) -> None:
    connection.execute(sa.update(PortalSessionRow).where(_sessions(world)).values({column: clock.now() - age}))


def _membership(world: World) -> sa.ColumnElement[bool]:
    return sa.and_(Membership.account_id == world.halden, Membership.user_id == world.users["dana"])


# How Dana is put out, and as what she is answered then.
WAYS: dict[str, tuple[str, Way]] = {
    "network removed": ("blocked", _relist),
    "list edited": ("blocked", lambda connection, world: _relist(connection, world, "203.0.113.128/25")),
    "session ended by an owner": ("signed out", _end_by_owner),
    "signed out elsewhere": (
        "signed out",
        lambda connection, world: connection.execute(sa.delete(PortalSessionRow).where(_sessions(world))),
    ),
    "made a member": (
        "member",
        lambda connection, world: connection.execute(
            sa.update(Membership).where(_membership(world)).values(role="member")
        ),
    ),
    "membership removed": (
        "signed out",
        lambda connection, world: connection.execute(sa.delete(Membership).where(_membership(world))),
    ),
    "idle": (
        "signed out",
        lambda connection, world: _age(connection, world, "last_seen_at", LIMITS.session_idle),
    ),
    "absolute limit": (
        "signed out",
        lambda connection, world: _age(connection, world, "created_at", LIMITS.session_absolute),
    ),
}


def answered_as(status: int, headers: dict[str, str], text: str) -> str:
    """Return as what somebody is answered: blocked, signed out, a member; anything else in words of its own."""
    leads_to = headers.get("HX-Redirect", headers.get("Location", ""))
    if status in {303, 401} and leads_to.startswith("/login"):
        return "signed out"
    if status == 403 and (leads_to == "/blocked" or 'data-page="blocked"' in text):
        return "blocked"
    if any(network in text for network in LISTED):
        return f"{status} with the list"
    if status in {204, 400, 403} or (status == 200 and "data-version" not in text):
        return "member"
    return f"{status} {leads_to}".rstrip()


def url_of(path: str) -> str:
    """Return the URL of a form's path."""
    return BASE + path
