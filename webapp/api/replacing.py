"""Replacing the account's IP allowlist: the same plan as everywhere, tried or made (R13, R14, R18)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NoReturn

from flask import Response, jsonify

from webapp.api import sent
from webapp.api.authentication import authenticated, ended, insufficient
from webapp.api.ip_allowlist import state_of
from webapp.api.refusals import refused
from webapp.api.sent import Sent, Unusable
from webapp.domain.allowlist import Allowlist, Refused
from webapp.domain.applying import HasErrors, Seen, applied
from webapp.domain.plan import Plan, PlanLine, plan
from webapp.domain.standing import TokenEnded
from webapp.domain.token_scopes import STATE, WRITE
from webapp.guard.client_address import current_address
from webapp.runtime import clock, logs
from webapp.storage.allowlists import changing
from webapp.storage.api_tokens import Access
from webapp.storage.events import Actor
from webapp.web.problems import failure


class MayNotChangeState(Exception):
    """The list would become active, or inactive, by a token that may not do that (R18)."""


class Tried(Exception):
    """What a dry run ends with, under the lock: nothing of it is stored."""

    def __init__(self, after: Allowlist) -> None:
        super().__init__()
        self.after = after


@authenticated(WRITE)
def replace_list(access: Access) -> Response:
    """Make the list what is wanted, or say what that would change (`dry_run`), or why not."""
    try:
        return Replacement(access, sent.from_request()).run()
    except Unusable as unusable:
        return failure(unusable.status, unusable.code, unusable.message, unusable.errors)
    except MayNotChangeState:
        return insufficient(STATE)
    except TokenEnded:
        return ended()


class Replacement:
    """One PUT: the list that is sent, in the place of the one that the sender has read."""

    plan: Plan  # of the last time that the transaction ran

    def __init__(self, access: Access, wanted: Sent) -> None:
        self.access = access
        self.wanted = wanted

    def run(self) -> Response:
        """Try or make the change."""
        actor = Actor(self.access.actor, self.access.user_id, current_address(), token_hash=self.access.token_hash)
        try:
            self.require_sound()
            outcome = changing(
                self.access.account_id,
                actor,
                _kind,
                self.apply,
                require_consent=self.try_only if self.wanted.dry_run else lambda before, after: None,
                acknowledge_lockout=self.wanted.acknowledge_lockout,
                now=clock.now,
            )
        except Tried as tried:
            return self.answer(tried.after, changed=True)
        except Refused as refusal:
            logs.record("refused", refusal.code, kind="import")
            return refused(refusal, self.plan)
        if outcome.event_id is None:
            logs.record("change", "nothing", event_id=None)
        return self.answer(outcome.after, changed=outcome.event_id is not None)

    def require_sound(self) -> None:
        """Refuse entries that can't be used beside any list, before the lock: they need no list to say so."""
        self.plan = plan(Allowlist(), self.wanted.lines, "replace")
        if self.plan.open_errors:
            raise HasErrors(self.plan.open_errors)

    def apply(self, present: Allowlist) -> Allowlist:
        """Return the list as it should be; runs inside the transaction, perhaps more than once."""
        self.plan = plan(present, self.wanted.lines, "replace")
        # A proxy that compresses makes tags weak; a revision names the list whatever its bytes are.
        version = present.revision if self.wanted.seen.contains_weak(present.revision) else ""
        after = applied(self.plan, Seen(version, confirms_wide=self.wanted.confirm_wide))
        active = present.active if self.wanted.active is None else self.wanted.active
        if active != present.active and not self.access.may(STATE):
            raise MayNotChangeState
        return replace(after, active=active)

    def try_only(self, _before: Allowlist, after: Allowlist) -> NoReturn:
        """End a dry run: all has been asked that a change is asked, and nothing is written."""
        raise Tried(after)

    def answer(self, after: Allowlist, *, changed: bool) -> Response:
        """Return the plan. Its revision is the list's now, for the next If-Match.

        In the body: a PUT whose content is not stored byte by byte bears no ETag (RFC 9110 9.3.4).
        """
        dry_run = self.wanted.dry_run
        return jsonify(
            dry_run=dry_run,
            changed=changed,
            state=state_of(after.active),
            revision=self.plan.before.revision if dry_run else after.revision,
            counts={kind: self.plan.counts[kind] for kind in ("add", "change", "keep", "remove", "repeat")},
            lines=list(_told(self.plan.lines)),
        )


def _kind(before: Allowlist, after: Allowlist) -> str:
    """Return what the change is on record as: who has put a list into effect is looked for among activations."""
    if after.active == before.active:
        return "import"
    return "activate" if after.active else "deactivate"


def _told(lines: Iterable[PlanLine]) -> Iterable[dict[str, Any]]:
    for line in lines:
        told: dict[str, Any] = {"kind": line.kind, "network": str(line.network), "comment": line.comment}
        if line.wanted is not None:
            told["line"] = line.wanted.number
        if line.kind == "change" and line.entry is not None:
            told["comment_before"] = line.entry.comment
        if line.kind == "repeat":
            told["repeats"] = line.first
        yield told
