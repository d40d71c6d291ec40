"""Many rounds in little time: apps of their own, lists and portal sessions straight into their tables."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from tests.support.tampering import forget_events
from webapp import create_app
from webapp.config import Config
from webapp.domain.address import parse_address
from webapp.domain.client_address import TrustedProxies
from webapp.domain.network import Network
from webapp.runtime import clock
from webapp.storage.models import Account, Event, Membership, NetworkRow, PortalSessionRow, SignIn, User
from webapp.storage.revisions import new_revision
from webapp.storage.sessions import hash_of, new_id
from webapp.storage.throttle import client_of

RAW_TOKEN = "the same in every test"


def scaled(rounds: int) -> int:
    """Return how many rounds to run: PROOF_SCALE=100 makes a hundred times as many."""
    return max(1, round(rounds * float(os.environ.get("PROOF_SCALE", "1"))))


def new_app(database_url: str, pages: tuple[str, ...] = (), home: str = "") -> Flask:
    """Return a portal of its own on the database, as another process would have; nobody is throttled."""
    config = Config(
        secret_key="a key for tests, and long enough",
        database_url=database_url,
        pages=pages,
        home=home,
        trusted_proxies=TrustedProxies.parse("127.0.0.1"),
        sign_in_limit_pair=10**6,
        sign_in_limit_client=10**6,
        sign_in_limit_email=10**6,
        sign_in_limit_success=10**6,
    )
    return create_app(config)


def engine_of(app: Flask) -> sa.Engine:
    """Return the app's engine."""
    engine: sa.Engine = app.extensions["engine"]
    return engine


@contextmanager
def on_each_statement(app: Flask, listener: Callable[..., object]) -> Iterator[None]:
    """Call the listener before each statement of the app, that of its requests' first read among them.

    It gets what SQLAlchemy's `before_cursor_execute` gives: connection, cursor, statement, values and more.
    """
    engines: list[sa.Engine] = [app.extensions["engine"], app.extensions["reader"]]
    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", listener)
    try:
        yield
    finally:
        for engine in engines:
            sa.event.remove(engine, "before_cursor_execute", listener)


def writing_engine(app: Flask) -> sa.Engine:
    """Return the app's engine for writing transactions beside the app's own functions; others can only read."""
    return engine_of(app).execution_options(writes=True)


@contextmanager
def writing(app: Flask) -> Iterator[sa.Connection]:
    """A writing transaction beside the app's own functions; SQLite is locked until it ends."""
    with engine_of(app).connect() as connection:
        connection = connection.execution_options(writes=True)
        with connection.begin():
            yield connection


@dataclass(frozen=True)
class Stored:
    """What a form of a network needs to know of its row."""

    id: int
    version: str


@dataclass(frozen=True)
class Snapshot:
    """A list as its tables have it: state, revision, and the networks, newest first, as (id, network, comment)."""

    active: bool
    revision: str
    networks: tuple[tuple[int, str, str], ...]

    @property
    def texts(self) -> list[str]:
        """The networks as text, newest first."""
        return [text for _, text, _ in self.networks]


# Built once: building them takes as long as asking them.
_NO_NETWORKS = sa.delete(NetworkRow).where(NetworkRow.account_id == sa.bindparam("of"))
_NETWORKS = sa.insert(NetworkRow).returning(NetworkRow.id, sort_by_parameter_order=True)
_STATE = (
    sa.update(Account)
    .where(Account.id == sa.bindparam("of"))
    .values(allowlist_active=sa.bindparam("active"), allowlist_revision=sa.bindparam("revision"))
)
_LIST = (
    sa.select(
        Account.allowlist_active, Account.allowlist_revision, NetworkRow.id, NetworkRow.network, NetworkRow.comment
    )
    .outerjoin(NetworkRow, NetworkRow.account_id == Account.id)
    .where(Account.id == sa.bindparam("of"))
    .order_by(NetworkRow.added_at.desc(), NetworkRow.position.desc())
)
_PERSON = (
    sa.select(User.id, Membership.account_id)
    .join(Membership, Membership.user_id == User.id)
    .where(User.email == sa.bindparam("email"))
    .order_by(Membership.id)
    .limit(1)
)
_NO_SIGN_IN = sa.delete(SignIn).where(
    SignIn.account_id == sa.bindparam("account_id"),
    SignIn.user_id == sa.bindparam("user_id"),
    SignIn.address == sa.bindparam("from"),
)
_ROWS = sa.select(NetworkRow.id, NetworkRow.network).where(NetworkRow.account_id == sa.bindparam("of"))
_USED = (
    sa.update(NetworkRow)
    .where(NetworkRow.id.in_(sa.bindparam("ids", expanding=True)))
    .values(last_sign_in_at=sa.bindparam("at"))
)
_EVENTS = sa.select(*Event.__table__.columns).where(Event.account_id == sa.bindparam("of")).order_by(Event.id)


def put_list(app: Flask, account_id: int, *networks: str, active: bool = False) -> dict[str, Stored]:
    """Replace the account's list (the first network is the oldest) and forget its history."""
    same = {"account_id": account_id, "comment": "", "added_at": clock.now(), "added_by": "test"}
    values: list[dict[str, Any]] = [
        {"network": text, "version": new_revision(), "position": position, **same}
        for position, text in enumerate(networks, 1)
    ]
    with writing(app) as connection:
        connection.execute(_NO_NETWORKS, {"of": account_id})
        forget_events(connection, account_id)
        ids = connection.execute(_NETWORKS, values).scalars().all() if values else ()
        connection.execute(_STATE, {"of": account_id, "active": active, "revision": new_revision()})
    return {row["network"]: Stored(row_id, row["version"]) for row, row_id in zip(values, ids, strict=True)}


def read_list(app: Flask, account_id: int) -> Snapshot:
    """Read the list by SQL of the tests' own, as one statement sees it."""
    with engine_of(app).connect() as connection:
        rows: list[Any] = list(connection.execute(_LIST, {"of": account_id}))
    networks = tuple((row[2], row[3], row[4]) for row in rows if row[2] is not None)
    return Snapshot(rows[0][0], rows[0][1], networks)


def events_of(app: Flask, account_id: int) -> list[Any]:
    """Return the account's events, the first first."""
    with engine_of(app).connect() as connection:
        return list(connection.execute(_EVENTS, {"of": account_id}))


def check_history(
    app: Flask, account_id: int, start: Snapshot, present: Snapshot | None = None, *, skip: int = 0
) -> int:
    """Check that the events lead from the start to the present list without a gap; return how many there are.

    `skip` first events had been made when the start was read; `present` saves reading it again.
    """
    state = {row_id: (text, comment) for row_id, text, comment in start.networks}
    active, revision = start.active, start.revision
    events = events_of(app, account_id)[skip:]
    for event in events:
        assert (event.before["active"], event.before["revision"]) == (active, revision), event
        for network in event.before["networks"]:
            assert state.pop(network["id"]) == (network["network"], network["comment"]), event
        for network in event.after["networks"]:
            assert network["id"] not in state, event
            state[network["id"]] = (network["network"], network["comment"])
        active, revision = event.after["active"], event.after["revision"]
    present = present or read_list(app, account_id)
    assert (present.active, present.revision) == (active, revision)
    assert {row[0]: row[1:] for row in present.networks} == state
    return len(events)


def start_session(app: Flask, account_id: int, user_id: int, address: str | None, browser: str | None = None) -> str:
    """Add a portal session, as a sign-in a moment ago would have, and return its id."""
    session_id = new_id()
    now = clock.now()
    values = {"account_id": account_id, "user_id": user_id, "address": address, "browser": browser}
    row = sa.insert(PortalSessionRow).values(id_hash=hash_of(session_id), created_at=now, last_seen_at=now, **values)
    with writing(app) as connection:
        connection.execute(row)
    return session_id


def sign_in(app: Flask, email: str, address: str | None) -> tuple[str, int, int]:
    """Do to the tables what a sign-in does; return the session's id, the user's and their first account's."""
    moment = clock.now()
    with writing(app) as connection:
        user_id, account_id = connection.execute(_PERSON, {"email": email}).one()
        own = {"account_id": account_id, "user_id": user_id}
        if address:
            connection.execute(_NO_SIGN_IN, own | {"from": address})
            seen = {"address": address, "client": client_of(parse_address(address)), "last_at": moment}
            connection.execute(sa.insert(SignIn).values(**own, **seen))
            networks = connection.execute(_ROWS, {"of": account_id})
            ids = [row.id for row in networks if parse_address(address) in Network.from_canonical(row.network)]
            connection.execute(_USED, {"ids": ids, "at": moment})
    return start_session(app, account_id, user_id, address), user_id, account_id


def csrf_token(app: Flask, secret: str = RAW_TOKEN) -> str:
    """Return the form's half of a CSRF token whose other half is in the session cookie."""
    return str(URLSafeTimedSerializer(str(app.secret_key), salt="wtf-csrf-token").dumps(secret))


def signer_of(app: Flask) -> URLSafeTimedSerializer:
    """Return what signs and reads the app's session cookies."""
    signer = cast(SecureCookieSessionInterface, app.session_interface).get_signing_serializer(app)
    assert signer is not None
    return signer


def cookie_of(app: Flask, session_id: str | None) -> str:
    """Return the session cookie of a browser with that portal session, or with none yet."""
    signed_in = {"_user_id": session_id, "_fresh": True} if session_id else {}
    return str(signer_of(app).dumps(signed_in | {"csrf_token": RAW_TOKEN}))
