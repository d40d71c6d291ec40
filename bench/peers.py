"""The matcher beside its peers: is this address, as text, in one of so many networks?"""

from __future__ import annotations

import importlib
import random
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from bench.report import SEED, Figure, Section, in_turns, ratio
from webapp.domain.coverage import Coverage
from webapp.domain.network import Network

SIZES = ((4, 1), (4, 10), (4, 1_000), (4, 10_000), (4, 100_000), (6, 1_000), (6, 100_000))
TURNS, BUDGET_S, MOST, CHECKED = 7, 0.1, 10_000, 100
Ask = Callable[[str], Any]


def ours(texts: list[str]) -> Ask:
    """Our compiled list."""
    return Coverage(map(Network.from_canonical, texts)).covers_text


def stdlib(texts: list[str]) -> Ask:
    """What most portals do: `any(address in network ...)`."""
    networks = [ip_network(text) for text in texts]

    def ask(text: str) -> bool:
        address = ip_address(text)
        return any(address in network for network in networks)

    return ask


def pytricia(texts: list[str]) -> Ask:
    """A Patricia tree in C; one family a tree, because two in one are mixed up."""
    tree = importlib.import_module("pytricia").PyTricia(128 if ":" in texts[0] else 32)
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


def figures() -> Section:
    """Measure each peer at each size, in turns."""
    found, missing = [], set[str]()
    for family, size in SIZES:
        chance = random.Random(SEED + family * size)
        networks = some_networks(chance, family, size)
        asks = {}
        for name, build in PEERS.items():
            try:
                asks[name] = build([str(network) for network in networks])
            except ModuleNotFoundError:
                missing.add(name)
        check(asks, some_addresses(chance, networks, CHECKED))
        turns = [some_addresses(chance, networks, MOST) for _ in range(TURNS)]
        found += compared(f"{size:,} networks, IPv{family}", asks, turns)
    left_out = f" Not installed, so left out: {', '.join(sorted(missing))}." if missing else ""
    return Section(
        "The decision beside its peers, from text",
        f"{TURNS} turns of up to {MOST:,} addresses or {BUDGET_S} s, half of the addresses listed, none asked twice: "
        "nothing is remembered. CPU time; ratios are medians of the turns' ratios. "
        f"All agreed on {CHECKED} other addresses before.",
        "Building, memory, threads; lists of both families (pytricia cannot keep them apart in one tree). "
        f"The peers answer with the longest match, which we do not need.{left_out}",
        found,
    )


def compared(where: str, asks: dict[str, Ask], turns: list[list[str]]) -> list[Figure]:
    """Ask in turns; return what a question costs each, and how much more or less than ours."""
    means = in_turns(len(turns), {name: partial(mean_us, ask, iter(turns)) for name, ask in asks.items()})
    found = []
    for name, values in means.items():
        beside = ratio("", values, means["ours"]).value
        note = "" if name == "ours" else f"{beside:,.2f} x ours" if beside < 100 else f"{beside:,.0f} x ours"
        found.append(Figure(f"{where}: {name}", statistics.median(values), "us", None, note))
    return found


def some_networks(chance: random.Random, family: int, count: int) -> list[IPv4Network | IPv6Network]:
    """Return so many different networks: /24 anywhere, or /48 of what the Internet uses."""
    found: set[IPv4Network | IPv6Network] = set()
    while len(found) < count:
        if family == 4:
            found.add(IPv4Network((chance.getrandbits(24) << 8, 24)))
        else:
            found.add(IPv6Network((1 << 125 | chance.getrandbits(45) << 80, 48)))
    return sorted(found, key=lambda network: network.network_address.packed)


def some_addresses(chance: random.Random, networks: list[IPv4Network | IPv6Network], count: int) -> list[str]:
    """Return so many addresses, in turn one of a network and one from anywhere."""
    kind, bits = (IPv4Address, 32) if networks[0].version == 4 else (IPv6Address, 125)
    base = 0 if bits == 32 else 1 << 125
    found = []
    for number in range(count):
        network = chance.choice(networks)
        listed = int(network.network_address) + chance.randrange(network.num_addresses)
        found.append(str(kind(listed if number % 2 else base | chance.getrandbits(bits))))
    return found


def check(asks: dict[str, Ask], texts: list[str]) -> None:
    """See that all answer alike: a wrong answer may be as quick as you like."""
    for text in texts:
        answers = {name: bool(ask(text)) for name, ask in asks.items()}
        assert len(set(answers.values())) == 1, (text, answers)


def mean_us(ask: Ask, turns: Iterator[list[str]]) -> float:
    """Return the mean CPU time of one question of the next turn, in microseconds."""
    asked, left, began = 0, iter(next(turns)), time.process_time()
    while asked < MOST and time.process_time() - began < BUDGET_S:
        for _ in range(10):
            ask(next(left))
        asked += 10
    return (time.process_time() - began) / asked * 1e6
