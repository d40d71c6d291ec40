"""Why a request has the client's address that it has, hop by hop, and which setting to change if it is wrong (R11).

Decided by what a request is decided by (`client_address.resolve`); here it is only put in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from webapp.domain.address import Address, AddressError
from webapp.domain.client_address import (
    HEADER_LIMIT,
    UNIX,
    Resolved,
    TrustedProxies,
    element_address,
    peer_address,
    resolve,
)
from webapp.domain.coverage import Coverage
from webapp.domain.network import Network

Read = Callable[[str], Address]  # of a peer, which may have a zone, or of an element of the header
OVERWRITE = "proxy_set_header X-Forwarded-For $remote_addr"
_WHY = {
    "peer_unparseable": "the peer is no IP address; a Unix socket counts only where TRUSTED_PROXIES names unix:",
    "header_missing": f"the proxy sends no X-Forwarded-For; let it send the client’s (nginx: {OVERWRITE};)",
    "too_long": f"X-Forwarded-For has more than {HEADER_LIMIT:,} characters; the edge must overwrite it ({OVERWRITE};)",
    "too_many": f"X-Forwarded-For names more than 64 hops; the edge must overwrite it ({OVERWRITE};)",
    "not_an_address": f"X-Forwarded-For holds what is no address; the edge must overwrite it ({OVERWRITE};)",
    "all_trusted": (
        "X-Forwarded-For names only proxies of TRUSTED_PROXIES: the nearest to the client did not say whom it has. A "
        "balancer that speaks the PROXY protocol: `listen … proxy_protocol; set_real_ip_from <the balancer>; "
        "real_ip_header proxy_protocol;` at the edge. Otherwise TRUSTED_PROXIES names clients: take them out"
    ),
    "impossible": "no client can have this address; look at what the proxy writes into X-Forwarded-For",
}
_INSIDE = Coverage(
    map(
        Network.from_canonical,
        (
            *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16"),
            *("::1/128", "fc00::/7", "fe80::/10"),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Explained:
    """The decision, the way to it a line a hop, and what to look at or to set."""

    resolved: Resolved
    hops: tuple[str, ...]
    advice: tuple[str, ...]


def explain(peer: str, header: str | None, trusted: TrustedProxies) -> Explained:
    """Return why a request of the peer with this X-Forwarded-For has the address that it has."""
    resolved = resolve(peer, header, trusted)
    hops = tuple(_hops(peer, header or "", trusted))
    return Explained(resolved, hops, tuple(_advice(peer, header or "", trusted, resolved)))


def setting(trusted: TrustedProxies, more: str) -> str:
    """Return TRUSTED_PROXIES as it is to be, with one more."""
    now = [*(_short(network) for network in trusted.networks), *([UNIX] if trusted.unix else [])]
    return "TRUSTED_PROXIES=" + ",".join([*now, more])


def _hops(peer: str, header: str, trusted: TrustedProxies) -> Iterator[str]:
    by = _trusted_by(peer, trusted, peer_address)
    yield f"peer {peer or UNIX}: " + (f"trusted, {by}" if by else "not trusted, no entry of TRUSTED_PROXIES names it")
    believed = bool(by)
    for element in reversed([one.strip(" \t") for one in header.split(",")] if header else []):
        if not believed:
            yield f"X-Forwarded-For {element or '(nothing)'}: not believed, a claim of whoever is nearer"
            continue
        by = _trusted_by(element, trusted)
        yield f"X-Forwarded-For {element or '(nothing)'}: " + (f"trusted, {by}" if by else _untrusted(element))
        believed = bool(by) or not element


def _untrusted(element: str) -> str:
    if not element:
        return "skipped, an empty element"
    return "not trusted: the client" if _address(element) else "not an address: nothing behind it is believed"


def _trusted_by(text: str, trusted: TrustedProxies, read: Read = element_address) -> str:
    if read is peer_address and text in ("", UNIX):
        return f"TRUSTED_PROXIES names {UNIX}" if trusted.unix and text == UNIX else ""
    address = _address(text, read)
    found = next((one for one in trusted.networks if address is not None and address in one), None)
    return f"TRUSTED_PROXIES names {found}" if found else ""


def _address(text: str, read: Read = element_address) -> Address | None:
    try:
        return read(text)
    except AddressError:
        return None


def _advice(peer: str, header: str, trusted: TrustedProxies, resolved: Resolved) -> Iterator[str]:
    if resolved.address is None:
        yield _WHY[resolved.problem or "peer_unparseable"]
        if peer in ("", UNIX) and not trusted.unix:
            yield f"where the proxy speaks to a Unix socket, set {setting(trusted, UNIX)}"
        return
    if not _trusted_by(peer, trusted, peer_address):
        yield from _of_untrusted_peer(peer, header, trusted)
    else:
        yield from _of_further_hops(header, trusted, resolved.address)


def _of_untrusted_peer(peer: str, header: str, trusted: TrustedProxies) -> Iterator[str]:
    to_set = setting(trusted, _name(peer))
    if header:
        yield f"X-Forwarded-For is not believed. If {peer} is your proxy, everybody has its address: set {to_set}"
    if _is_inside(peer):
        yield (
            f"{peer} is an address of a private network: a proxy, or the gateway of a container network (Docker), "
            f"which stands for everybody. Set {to_set}"
            + ("" if header else f", and let the proxy say who the client is (nginx: {OVERWRITE};)")
        )


def _of_further_hops(header: str, trusted: TrustedProxies, client: Address) -> Iterator[str]:
    to_set = setting(trusted, client.text)
    elements = [one.strip(" \t") for one in header.split(",") if one.strip(" \t")]
    claimed = [one for one in elements[: _index(elements, client)] if one]
    if _is_inside(client.text):
        yield (
            f"{client} is an address of a private network: a further proxy, a balancer or a container network’s "
            f"gateway that everybody would have. Set {to_set}"
        )
    if claimed:
        yield (
            f"what stands left of {client} is not believed: {', '.join(claimed)}. If {client} is the client, the edge "
            f"appends where it should overwrite (nginx: {OVERWRITE};). If {client} is a second proxy of yours, "
            f"everybody has its address: set {to_set}"
        )
    elif not _is_inside(client.text):
        yield (
            f"if {client} is a balancer of yours and no client: it speaks the PROXY protocol (real_ip_header "
            f"proxy_protocol; at the edge), or writes X-Forwarded-For (set {to_set})"
        )


def _index(elements: list[str], client: Address) -> int:
    found = [number for number, one in enumerate(elements) if _address(one) == client]
    return found[-1] if found else 0


def _short(network: Network) -> str:
    """Return a network as people write it: a single address without its prefix."""
    whole = network.prefix == (32 if network.family == 4 else 128)
    return network.text.partition("/")[0] if whole else network.text


def _name(peer: str) -> str:
    address = _address(peer, peer_address)
    return address.text if address else UNIX


def _is_inside(text: str) -> bool:
    """Whether machines of one's own have it: loopback, private (RFC 1918, RFC 4193), link-local."""
    address = _address(text)
    return address is not None and _INSIDE.covers(address)
