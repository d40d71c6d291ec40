"""Rehearsal: who used the portal lately from where a list would not let them in (R19)."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from webapp.domain.compiled_list import CompiledList


class Use(NamedTuple):
    """Somebody used the portal from a client, on so many days: its latest addresses, with blanks between them.

    `client` is what `client_network` makes of each of them, as text. `id` names what is remembered of it besides.
    """

    id: int
    user_id: int
    client: str
    addresses: str
    days: int


class _Found(NamedTuple):
    """Places, in their order, with the uses and addresses of each; and which there are besides."""

    places: dict[str, list[tuple[Use, str]]]
    more: set[str]


@dataclass(frozen=True, slots=True)
class Place:
    """A network, as it would be added, from which people used the portal: the weightiest first.

    Of each use only the addresses that are not let in.
    """

    network: str
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The weightiest places that a list would not let in, and how many there are besides."""

    places: tuple[Place, ...] = ()
    more: int = 0


NOTHING = LeftOut()


class Rehearsed(NamedTuple):
    """What the list would leave out, and what of that the list of before does not let in either."""

    newly: LeftOut = NOTHING
    already: LeftOut = NOTHING


def rehearse(
    after: CompiledList, uses: Iterable[Use], owners: Container[int], most: int, before: CompiledList | None = None
) -> Rehearsed:
    """Return from where people used the portal that this list, which enforces, would not let in.

    The uses come in their order, the last seen first. Owners go to the front, then who was seen on most days. Each
    address is decided exactly: of one /64 an active list may let in some and not others. There may be very many: the
    first `most` places are kept.
    """
    by_days = sorted(uses, key=attrgetter("days"), reverse=True)
    of_owners = [use for use in by_days if use.user_id in owners]
    of_others = [use for use in by_days if use.user_id not in owners]
    newly, already = _Found({}, set()), _Found({}, set())
    for use in (*of_owners, *of_others):
        for text in use.addresses.split():
            if not after.admits_text(text):
                places, more = newly if before is None or before.admits_text(text) else already
                network = network_of(use.client, text)
                if network in places or len(places) < most:
                    places.setdefault(network, []).append((use, text))
                else:
                    more.add(network)
    return Rehearsed(_left_out(newly), _left_out(already))


def network_of(client: str, address: str) -> str:
    """Return the network that would be added for an address of that client: what `current_network` makes of it.

    It is the client, but for a translated address, whose client is the IPv4 address behind it (R5b).
    """
    return client if (":" in client) == (":" in address) else f"{address}/128"


def _left_out(found: _Found) -> LeftOut:
    return LeftOut(tuple(Place(network, _by_use(uses)) for network, uses in found.places.items()), len(found.more))


def _by_use(found: Iterable[tuple[Use, str]]) -> tuple[Use, ...]:
    addresses: dict[Use, list[str]] = {}
    for use, text in found:
        addresses.setdefault(use, []).append(text)
    return tuple(use._replace(addresses=" ".join(texts)) for use, texts in addresses.items())
