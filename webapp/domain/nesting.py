"""Which networks of a list are inside a wider one of it, so that they let nobody in whom that one does not."""

from collections.abc import Iterable

from webapp.domain.network import Network


class Nesting:
    """Answers what contains a network by one look-up for each wider prefix length that the list has."""

    def __init__(self, networks: Iterable[Network]) -> None:
        self._listed = {(network.prefix, network.first): network for network in networks}
        prefixes = {(len(first), prefix) for prefix, first in self._listed}
        self._prefixes = {
            width: sorted((prefix for of, prefix in prefixes if of == width), reverse=True) for width in (4, 16)
        }

    def wider_than(self, network: Network) -> Network | None:
        """Return the narrowest listed network that contains this one and more, if any does."""
        width, number = len(network.first), int.from_bytes(network.first)
        for prefix in self._prefixes[width]:
            if prefix < network.prefix:
                hosts = 8 * width - prefix
                found = self._listed.get((prefix, (number >> hosts << hosts).to_bytes(width)))
                if found is not None:
                    return found
        return None
