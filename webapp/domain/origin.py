"""Whether a form was sent from a page of another origin: scheme, host and port (RFC 6454)."""

from __future__ import annotations

from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_foreign(origin: str | None, fetch_site: str | None, *, public_url: str, host: str) -> bool:
    """Whether the request's `Origin` or `Sec-Fetch-Site` says that the form isn't one of ours (ASVS 5.0 3.5.3).

    Compared with `public_url`; where that is empty, by host name with the request's `Host`: a proxy may have changed
    scheme and port. `Origin: null` is a sandboxed page or a file, unless the browser says that it is the same origin.
    Browsers say cross-site and same-site (another port, another name of the same domain) of other origins only; words
    that we don't know say nothing, and neither do headers that are missing: the token decides.
    """
    if fetch_site in {"cross-site", "same-site"}:
        return True
    if origin is None:
        return False
    if origin == "null":
        return fetch_site != "same-origin"
    if public_url:
        return _origin(origin) is None or _origin(origin) != _origin(public_url)
    return _host_name(origin) is None or _host_name(origin) != _host_name(f"//{host}")


def _origin(url: str) -> tuple[str, str, int | None] | None:
    """Scheme, host name and port of an http origin; None for any other text."""
    try:
        parts = urlsplit(url)
        name, port = parts.hostname, parts.port
    except ValueError:
        return None
    is_bare = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    return (parts.scheme, name, port or _DEFAULT_PORTS.get(parts.scheme)) if name and is_bare else None


def _host_name(url: str) -> str | None:
    found = _origin(url)
    return found[1] if found else None
