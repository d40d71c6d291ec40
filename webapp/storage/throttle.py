"""The throttle of sign-ins and of wrong API tokens: counters in the shared database, bounded by their window."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.address import Address
from webapp.domain.address_kind import client_network
from webapp.domain.email_address import canonical_email
from webapp.domain.throttle import running_starts, seconds_left
from webapp.storage.engine.database import db
from webapp.storage.engine.purging import taken_once
from webapp.storage.engine.transactions import try_write
from webapp.storage.engine.upsert import insert
from webapp.storage.models import SignIn, SignInFailures, User

KNOWN_CLIENT_FOR = timedelta(days=30)
PURGE_BATCH_SIZE = 100  # rows; more than an attempt adds, so that a flood's counters are gone soon after it
CLEARED_AT_ONCE = 500  # keys in one statement
SUCCESSES, BLOCKED, TOKENS = "in:", "out:", "token:"  # Prefixes of keys; a failure's key has only hexadecimal digits.
KINDS = ("", SUCCESSES, BLOCKED)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many failures each kind of key may have within the window, and successes by user and client (None: any)."""

    window: timedelta
    pair: int
    client: int
    email: int
    success: int | None


class Throttled(Exception):
    """Too many sign-ins, failed or not: `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after


def client_of(address: Address | None) -> str:
    """Return the throttle's name of the client: the network of one person, household or office, or "unknown"."""
    return "unknown" if address is None else client_network(address).text


def reserve(session: Session, email: str, client: str, limits: Limits, now: datetime) -> None:
    """Count one failure in advance, before the password is looked at, so that parallel guesses count too.

    `forget` takes it back after a right password. An attempt that is refused here is not counted, so a stranger
    cannot push another person's counters beyond their limits. A client from which the e-mail has signed in lately
    has only the limit of the pair; other people at that client can exhaust it.

    Raises:
        Throttled: a limit is reached; the caller's transaction must be rolled back.
    """
    for kind, limit in _of_right_passwords(limits).items():
        if wait := _wait(session, _key(email, client, kind), limit, limits.window, now):
            raise Throttled(wait)
    by_client, by_email = (None, None) if _is_known(session, email, client, now) else (limits.client, limits.email)
    for key, limit in sorted(
        {_key(email, client): limits.pair, _key("", client): by_client, _key(email, ""): by_email}.items()
    ):
        _count_within(session, key, limit, limits.window, now)
    _purge_counters(session, limits.window, now)


def forget(session: Session, email: str, client: str) -> None:
    """Take back the failure that `reserve` counted: the password was right."""
    for key in sorted({_key(email, client), _key("", client), _key(email, "")}):
        session.execute(
            sa.update(SignInFailures)
            .where(SignInFailures.key == key, SignInFailures.count > 0)
            .values(count=SignInFailures.count - 1)
        )


def admit(session: Session, email: str, client: str, limits: Limits, now: datetime, kind: str = SUCCESSES) -> None:
    """Count a right password, of a success or of a BLOCKED one: parallel attempts have all passed `reserve`.

    Raises:
        Throttled: the limit of the user and the client is reached; the caller's transaction must be rolled back.
    """
    limit = _of_right_passwords(limits)[kind]
    if limit is not None:
        _count_within(session, _key(email, client, kind), limit, limits.window, now)


def _of_right_passwords(limits: Limits) -> dict[str, int | None]:
    """Return the limit of successes, and the wider one of blocked people, who try from time to time."""
    return {SUCCESSES: limits.success, BLOCKED: None if limits.success is None else 10 * limits.success}


def seconds_to_wait(client: str, limits: Limits, now: datetime) -> int:
    """Return for how long the client's wrong API tokens are refused; 0 while it may go on."""
    return _wait(db.session, _key("", client, TOKENS), limits.client, limits.window, now)


def record_wrong_token(client: str, limits: Limits, now: datetime) -> None:
    """Count a wrong API token of the client, if that can be written at once."""

    def work(session: Session) -> None:
        _count(session, _key("", client, TOKENS), now, limits.window)
        _purge_counters(session, limits.window, now)

    try_write(work)


def clear_email(session: Session, email: str) -> int:
    """Forget the e-mail's counters, also of the clients that it has signed in from lately; return how many there were.

    A counter's key is a hash: those of an e-mail and a client are found only where the client is known.
    """
    of_user = sa.select(SignIn.client).join(User, User.id == SignIn.user_id)
    clients = ["", *session.scalars(of_user.where(User.email == canonical_email(email)).distinct())]
    return _clear(session, [_key(email, one, kind) for one in clients if email or one for kind in KINDS])


def clear_client(session: Session, client: str) -> int:
    """Forget the client's counters, and those of everybody at it; return how many there were."""
    emails = ["", *session.scalars(sa.select(User.email))]
    return _clear(session, [_key(email, client, kind) for email in emails for kind in (*KINDS, TOKENS)])


def _clear(session: Session, keys: list[str]) -> int:
    row, count = SignInFailures, 0
    for some in (keys[start : start + CLEARED_AT_ONCE] for start in range(0, len(keys), CLEARED_AT_ONCE)):
        count += len(session.execute(sa.delete(row).where(row.key.in_(some)).returning(row.key)).all())
    return count


def _purge_counters(session: Session, window: timedelta, now: datetime) -> None:
    """Delete a batch of counters whose window has passed; those that another request has locked stay until later."""
    over = sa.select(SignInFailures.key).where(_is_over(now, window)).limit(PURGE_BATCH_SIZE)
    session.execute(sa.delete(SignInFailures).where(SignInFailures.key.in_(taken_once(over))))


def _key(email: str, client: str, kind: str = "") -> str:
    digest = hashlib.sha256(f"{canonical_email(email)}\n{client}".encode(errors="replace")).hexdigest()
    return f"{kind}{digest}"[:64]


def _wait(session: Session, key: str, limit: int | None, window: timedelta, now: datetime) -> int:
    """Return for how many seconds the key's limit is reached; 0 where it is not."""
    row = SignInFailures
    query = sa.select(row.window_start, row.count).where(row.key == key, sa.not_(_is_over(now, window)))
    found = session.execute(query).one_or_none()
    return 0 if found is None or limit is None or found[1] < limit else seconds_left(found[0], now, window)


def _count_within(session: Session, key: str, limit: int | None, window: timedelta, now: datetime) -> None:
    window_start, count = _count(session, key, now, window)
    if limit is not None and count > limit:
        raise Throttled(seconds_left(window_start, now, window))


def _count(session: Session, key: str, now: datetime, window: timedelta) -> tuple[datetime, int]:
    expired = _is_over(now, window)
    statement = insert(SignInFailures).values(key=key, window_start=now, count=1)
    upsert = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "count": sa.case((expired, 1), else_=SignInFailures.count + 1),
            "window_start": sa.case((expired, now), else_=SignInFailures.window_start),
        },
    ).returning(SignInFailures.window_start, SignInFailures.count)
    row = session.execute(upsert).one()
    return row[0], row[1]


def _is_over(now: datetime, window: timedelta) -> sa.ColumnElement[bool]:
    first, last = running_starts(now, window)
    return sa.or_(SignInFailures.window_start <= first, SignInFailures.window_start > last)


def _is_known(session: Session, email: str, client: str, now: datetime) -> bool:
    query = (
        sa.select(SignIn.id)
        .join(User, User.id == SignIn.user_id)
        .where(User.email == canonical_email(email), SignIn.client == client, SignIn.last_at > now - KNOWN_CLIENT_FOR)
        .limit(1)
    )
    return session.execute(query).first() is not None
