"""Resolver and parser against oracles, in this process."""

from __future__ import annotations

import ipaddress
import json
import random
import time
from array import array
from statistics import quantiles

from proofs.report import ROOT, Report
from webapp.domain.address import AddressError, parse_address
from webapp.domain.client_address import TrustedProxies, resolve
from webapp.domain.network import Network, NetworkError, parse_network

TRUSTED = TrustedProxies.parse("127.0.0.1,10.0.0.0/8,2001:db8:ffff::/48,unix:")
PEERS = (
    "127.0.0.1",
    "10.1.2.3",
    "2001:db8:ffff::1",
    "198.51.100.7",
    "2001:db8::9",
    "",
    "unix:",
    "garbage",
    "::ffff:10.0.0.1",
)
PIECES = (
    "203.0.113.9",
    "198.51.100.20:443",
    "[2001:db8::5]:80",
    "2001:DB8::5",
    "::ffff:192.0.2.1",
    "10.9.9.9",
    "127.0.0.1",
)
NOISE = (
    "",
    " ",
    "unknown",
    "_hidden",
    "010.0.0.1",
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "fe80::1%eth0",
    "::1%",
    "0x7f.1",
    "-",
    "\x00",
    "\t",
    "'",
    "[::1",
    "1.2.3.4:0",
    "1.2.3.4:99999",
    "٣.1.1.1",
    "203.0.113.9\r\n",
)
SEPARATORS = (",", ", ", " ,", ",,", "\t,", ";")


def header(chance: random.Random) -> str | None:
    """Return a header that a proxy, a client or an attacker might send."""
    if chance.random() < 0.03:
        return None
    pool = (*PIECES, *PIECES, *NOISE)
    text = "".join(chance.choice(pool) + chance.choice(SEPARATORS) for _ in range(chance.randrange(6))) + chance.choice(
        pool
    )
    if chance.random() < 0.2 and text:
        place = chance.randrange(len(text))
        text = text[:place] + chr(chance.choice((chance.randrange(32, 127), chance.randrange(256)))) + text[place + 1 :]
    return text * (600 if chance.random() < 0.001 else 1)


def resolver(rounds: int, seed: int) -> Report:
    """Whatever is sent, the resolver names a client that is not one of our proxies, or nobody."""
    claim = "The resolver never raises, never names a trusted address, and is not moved by what is left of the client."
    report = Report("Resolver against oracles", claim, seed, rounds, "headers", "the servers in front: see spoofs")
    chance, named = random.Random(seed), 0
    with report.timed():
        for _ in range(rounds):
            peer, sent, left = chance.choice(PEERS), header(chance), chance.choice(PIECES + NOISE) + ","
            try:
                named += check_client(report, peer, sent, left)
            except Exception as error:
                report.violated(f"{type(error).__name__}: {peer!r} {sent!r}")
    report.figures["named a client"] = f"{named:,} of {rounds:,}"
    return report


def check_client(report: Report, peer: str, sent: str | None, left: str) -> bool:
    """Check what is said of one request; return whether a client was named."""
    found = resolve(peer, sent, TRUSTED).address
    if found is None:
        return False
    if found in TRUSTED:
        report.violated(f"trusted: {peer!r} {sent!r}")
    if parse_address(found.text) != found:
        report.violated(f"not canonical: {found!r}")
    if resolve("127.0.0.1", found.text, TRUSTED).address != found:
        report.violated(f"not the same again: {found!r}")
    within_limits = sent and len(sent) + len(left) < 8_192 and sent.count(",") < 40
    if within_limits and resolve(peer, left + (sent or ""), TRUSTED).address != found:
        report.violated(f"moved by {left!r}: {peer!r} {sent!r}")
    return True


def parser(rounds: int, seed: int) -> Report:
    """Whatever is typed, the parser gives a network that the standard library reads alike, or says why not."""
    claim = (
        "The parser accepts only what the standard library reads as the same network, and stores it in one spelling."
    )
    report = Report("Network parser against the standard library", claim, seed, rounds, "texts")
    vectors = json.loads((ROOT / "tests" / "vectors" / "network.json").read_text(encoding="utf-8"))["vectors"]
    texts = [vector["input"] for vector in vectors if isinstance(vector["input"], str)]
    chance, accepted, taken = random.Random(seed), 0, array("d")
    with report.timed():
        for _ in range(rounds):
            text = mutated(chance, texts)
            began = time.perf_counter()
            try:
                network = parse_network(text)
            except NetworkError:
                continue
            except Exception as error:
                report.violated(f"{type(error).__name__}: {text!r}")
                continue
            finally:
                taken.append(time.perf_counter() - began)
            accepted += 1
            check(report, text, network)
    report.figures["accepted"] = f"{accepted:,} of {rounds:,}"
    # Not the slowest: on a shared machine that is whom the machine let wait.
    report.figures["time, 99.9th percentile"] = f"{quantiles(taken, n=1_000)[-1] * 1000:.2f} ms"
    return report


def mutated(chance: random.Random, texts: list[str]) -> str:
    """Return a network as people, or somebody with bad intent, might type it."""
    kind = chance.random()
    if kind < 0.4:
        bits = chance.choice((32, 128))
        number = chance.getrandbits(bits)
        address = ipaddress.IPv4Address(number) if bits == 32 else ipaddress.IPv6Address(number)
        prefix = chance.randrange(bits + 3)
        if prefix <= bits and chance.random() < 0.7:
            address = type(address)(number >> (bits - prefix) << (bits - prefix))
        text = f"{address}/{prefix}" if chance.random() < 0.9 else str(address)
    else:
        text = chance.choice(texts)
    for _ in range(chance.choice((0, 0, 1, 2, 4))):
        place = chance.randrange(len(text) + 1)
        letter = chance.choice("0123456789abcdefABCDEF.:/% \t-_[]xX,\x00\u0661\uff11\u202e\ud800")
        text = text[:place] + chance.choice((letter, "", letter * 3)) + text[place + chance.randrange(2) :]
    return text * (500 if chance.random() < 0.001 else 1)


def check(report: Report, text: str, network: Network) -> None:
    """Check an accepted network."""
    try:
        known = ipaddress.ip_network(text.strip(), strict=True)
        if (known.network_address.packed, known.broadcast_address.packed) != (network.first, network.last):
            report.violated(f"read otherwise: {text!r} as {network}")
        if parse_network(network.text) != network or Network.from_canonical(network.text) != network:
            report.violated(f"not canonical: {text!r} as {network}")
    except (ValueError, AddressError) as error:
        report.violated(f"{error}: {text!r} as {network}")
