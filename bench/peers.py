"""The matcher beside its peers: is this address, as text, in one of so many networks?"""

from __future__ import annotations

import importlib
import random
import statistics
import time
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

from bench.report import Figure
from webapp.domain.coverage import Coverage
from webapp.domain.network import Network

SIZES = (1, 10, 1_000, 10_000, 100_000)
RUNS, BUDGET_S, MOST = 5, 0.15, 20_000
SEED = 20_261_124
Ask = Callable[[str], Any]


def ours(texts: list[str]) -> Ask:
    """Our compiled list; answers are asked once each, so none is remembered."""
    return Coverage(map(Network.from_canonical, texts)).covers_text


def stdlib(texts: list[str]) -> Ask:
    """What most portals do: `any(address in network ...)`."""
    networks = [ip_network(text) for text in texts]
    return lambda text: any(ip_address(text) in network for network in networks)


def pytricia(texts: list[str]) -> Ask:
    """A Patricia tree in C."""
    tree = importlib.import_module("pytricia").PyTricia(32)
    for text in texts:
        tree[text] = True
    return lambda text: text in tree


def radix(texts: list[str]) -> Ask:
    """py-radix: a radix tree in C."""
    tree = importlib.import_module("radix").Radix()
    for text in texts:
        tree.add(text)
    return tree.search_best  # type: ignore[no-any-return]


def pysubnettree(texts: list[str]) -> Ask:
    """PySubnetTree: a Patricia tree in C."""
    tree = importlib.import_module("SubnetTree").SubnetTree()
    for text in texts:
        tree[text] = 1
    return lambda text: text in tree


def netaddr(texts: list[str]) -> Ask:
    """netaddr's IPSet."""
    module = importlib.import_module("netaddr")
    found = module.IPSet(texts)
    return lambda text: module.IPAddress(text) in found


PEERS: dict[str, Callable[[list[str]], Ask]] = {
    "ours": ours,
    "pytricia": pytricia,
    "py-radix": radix,
    "pysubnettree": pysubnettree,
    "netaddr": netaddr,
    "ipaddress, linear": stdlib,
}


def figures() -> list[Figure]:
    """Measure each peer at each size, in turns; one that is not installed is left out."""
    found = []
    for size in SIZES:
        chance = random.Random(SEED + size)
        texts = sorted({f"{IPv4Address(chance.getrandbits(32) & 0xFFFFFF00)}/24" for _ in range(size)})
        addresses = [str(IPv4Address(chance.getrandbits(32))) for _ in range(MOST * RUNS)]
        for name, build in PEERS.items():
            if name == "netaddr" and size > 10_000:
                continue  # takes minutes to build
            try:
                ask = build(texts)
            except ModuleNotFoundError:
                continue
            what = f"{name}, {size:,} networks"
            found.append(Figure(what, median_us(ask, addresses), "us", 1 if (name, size) == ("ours", 10_000) else None))
    return found


def median_us(ask: Ask, addresses: Iterable[str]) -> float:
    """Return the median over the runs of the mean time of one question, in microseconds."""
    left = iter(addresses)
    means = []
    for _ in range(RUNS):
        asked, began = 0, time.perf_counter()
        while asked < MOST and time.perf_counter() - began < BUDGET_S:
            for _ in range(20):
                ask(next(left))
            asked += 20
        means.append((time.perf_counter() - began) / asked * 1e6)
    return statistics.median(means)
