"""The demo's lock: only this machine itself can reach it."""

from __future__ import annotations

from ipaddress import ip_address

from flask import abort, request

from webapp.domain.address import AddressError, parse_address

FORWARDING = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")


def require_loopback() -> None:
    """Refuse with 403 unless peer and Host are loopback and nothing was forwarded."""
    if not (_is_loopback(request.remote_addr) and _is_loopback_host() and not _is_forwarded()):
        abort(403)


def _is_loopback(text: str | None) -> bool:
    try:
        address = parse_address(text or "")
    except AddressError:
        return False
    return ip_address(address.text).is_loopback


def _is_loopback_host() -> bool:
    host = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else request.host
    return host == "localhost" or _is_loopback(host.strip("[]"))


def _is_forwarded() -> bool:
    return any(name in request.headers for name in FORWARDING)
