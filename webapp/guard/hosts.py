"""Which host is answered: with an https PUBLIC_URL, that host and no other; never a `Host` that is not a host name."""

from flask import Response, request
from werkzeug.exceptions import BadHost, SecurityError


def require_public_host() -> Response | None:
    """Refuse other hosts with 400 before anything else; Flask compares with TRUSTED_HOSTS while routing.

    Plain text: without a host that is known, no URL can be built for a page.
    """
    if isinstance(request.routing_exception, (SecurityError, BadHost)):
        return Response("This host is not served here.\n", status=400, mimetype="text/plain")
    return None
