"""The add form filled with what another part of the page knows: who was blocked, from where."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from webapp.settings.allowlist import answers
from webapp.settings.allowlist.answers import FormView
from webapp.settings.allowlist.forms import SubmittedForm
from webapp.settings.allowlist.page import bp
from webapp.settings.allowlist.views.section import Section
from webapp.web import htmx


@bp.get("/networks")
def add_form() -> Response:
    """Return the form with `network` and `comment`, to be looked at and sent.

    Where it holds something else (`typed_network`, `typed_comment`), that stays, and the question is whether to
    replace it.
    """
    wanted, typed = _sent(""), _sent("typed_")
    asks = any(typed.values.values()) and typed != wanted
    focus = "question" if asks else "comment" if wanted["network"] else ""
    adding, instead = (typed, wanted) if asks else (wanted, None)
    section = Section.load()
    opened: dict[str, Any] = {"adding": FormView(adding), "instead": instead, "focus": focus}
    return answers.partial("_add", section, **opened) if htmx.is_htmx() else answers.full_page(section, **opened)


def _sent(prefix: str) -> SubmittedForm:
    return SubmittedForm({name: request.args.get(prefix + name, "") for name in ("network", "comment")})
