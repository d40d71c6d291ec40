"""The demo's sample data: accounts with their people, and what has happened in the last weeks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from webapp.domain.address import Address
from webapp.storage import accounts, api_tokens, blocked_attempts, network_rows, sign_ins
from webapp.storage.engine.transactions import write


class Visit(NamedTuple):
    """A sign-in, or a blocked attempt: who, from where, when."""

    user_id: int
    address: Address
    at: datetime


def create_account(
    name: str, people: Iterable[tuple[str, str, str]], password_hash: str, now: datetime
) -> tuple[int, list[int]]:
    """Add an account with its people (e-mail, name, role) and an API token; return its id and theirs."""

    def work(session: Session) -> tuple[int, list[int]]:
        account_id = accounts.create(session, name, now)
        user_ids = []
        for email, full_name, role in people:
            user_ids.append(accounts.create_user(session, email, full_name, password_hash, now))
            accounts.join(session, account_id, user_ids[-1], role)
        api_tokens.create(session, account_id, "Demo", now)
        return account_id, user_ids

    return write(work)


def add_history(account_id: int, signed_in: Sequence[Visit], blocked: Sequence[Visit]) -> None:
    """Record sign-ins and blocked attempts of the past."""

    def work(session: Session) -> None:
        for user_id, address, at in signed_in:
            sign_ins.record(session, account_id=account_id, user_id=user_id, address=address, now=at)
            network_rows.record_sign_in(session, account_id, address, at)
        for user_id, address, at in blocked:
            blocked_attempts.record(session, account_id=account_id, user_id=user_id, address=address.text, now=at)

    write(work)
