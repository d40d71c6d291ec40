"""The compiled form of a list: is this address in one of its networks?"""

from bisect import bisect_right
from collections.abc import Iterable

from webapp.domain.address import Address, pack, unwrap
from webapp.domain.network import Network

_REMEMBERED = 4096  # addresses; far more than an account has people, and under 1 MB


def merged(networks: Iterable[Network]) -> list[tuple[bytes, bytes]]:
    """Networks of one family as ascending ranges (first, last) of packed bytes that neither overlap nor touch."""
    ranges: list[tuple[bytes, bytes]] = []
    for first, last in sorted((network.first, network.last) for network in networks):
        if ranges and int.from_bytes(first) <= int.from_bytes(ranges[-1][1]) + 1:
            first, before = ranges.pop()
            last = max(before, last)
        ranges.append((first, last))
    return ranges


class Coverage:
    """Answers whether any of the networks contains an address, in logarithmic time, and remembers the answer.

    Safe to share between threads without a lock: the ranges never change, and a remembered answer depends on nothing
    but them and its text, so a race at worst computes or forgets the same answer twice.
    """

    def __init__(self, networks: Iterable[Network]) -> None:
        networks = tuple(networks)
        # By width in bytes, so that the families can never meet: ::/0 admits no IPv4 address.
        self._ranges = {
            width: _columns(merged(network for network in networks if len(network.first) == width)) for width in (4, 16)
        }
        self._decided: dict[str, bool] = {}

    def covers(self, address: Address) -> bool:
        """Whether some network contains the address."""
        decided = self._decided.get(address.text)
        return self._decide(address.text, address.packed) if decided is None else decided

    def covers_text(self, text: str) -> bool:
        """The same from the text of an address, without building an Address. Raises AddressError for anything else."""
        decided = self._decided.get(text)
        return self._decide(text, unwrap(pack(text))) if decided is None else decided

    def overlaps(self, network: Network) -> bool:
        """Whether some address is in both the given network and one of these."""
        firsts, lasts = self._ranges[len(network.first)]
        index = bisect_right(firsts, network.last) - 1
        return index >= 0 and network.first <= lasts[index]

    def _decide(self, text: str, packed: bytes) -> bool:
        firsts, lasts = self._ranges[len(packed)]
        index = bisect_right(firsts, packed) - 1
        decision = index >= 0 and packed <= lasts[index]
        if len(self._decided) >= _REMEMBERED:
            self._decided = {}
        self._decided[text] = decision
        return decision


def _columns(ranges: list[tuple[bytes, bytes]]) -> tuple[list[bytes], list[bytes]]:
    return [first for first, _ in ranges], [last for _, last in ranges]
