"""The list as a file to keep, to hand on, or to import again (R17)."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from flask import abort, make_response, request
from werkzeug.wrappers import Response

from webapp.domain.export import EXPORTS
from webapp.guard import portal_session
from webapp.runtime import clock
from webapp.settings.allowlist.blueprint import bp
from webapp.settings.allowlist.views.section import Section

NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")
MAX_NAME = 60


class Download(NamedTuple):
    """What a format is called on the page, how its file's name ends, and its media type."""

    label: str
    extension: str
    media_type: str


DOWNLOADS = {
    "csv": Download("CSV", "csv", "text/csv"),
    "json": Download("JSON", "json", "application/json"),
    "txt": Download("text", "txt", "text/plain"),
    "nginx": Download("nginx", "conf", "text/plain"),
}


@bp.get("/export")
def export() -> Response:
    """Return the whole list as a file, whatever is searched for: as CSV, unless another `format` is asked for."""
    name = request.args.get("format", "csv")
    if name not in DOWNLOADS or len(request.args.getlist("format")) > 1:
        abort(422)
    form = DOWNLOADS[name]
    response = make_response(EXPORTS[name](Section.load().allowlist))
    response.headers["Content-Type"] = f"{form.media_type}; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(form.extension)}"'
    return response


def file_name(extension: str, what: str = "ip-allowlist") -> str:
    """Return what the file is called: what it is, of which account, and of which day (UTC)."""
    account = portal_session.current()
    plain = unicodedata.normalize("NFKD", account.account_name).encode("ascii", "ignore").decode().lower()
    name = NOT_IN_A_NAME.sub("-", plain)[:MAX_NAME].strip("-") or str(account.account_id)
    return f"{what}-{name}-{clock.now().date()}.{extension}"
