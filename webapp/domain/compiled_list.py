"""A list ready to decide: what enforcement, sign-in and previews ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from webapp.domain.address import Address
from webapp.domain.admission import Listed, admits, effective_networks
from webapp.domain.allowlist import Allowlist
from webapp.domain.coverage import Coverage


@dataclass(frozen=True, slots=True)
class CompiledList:
    """A list's state with its networks compiled. Revision and stamp together name the networks (`is_of`)."""

    active: bool
    revision: str
    coverage: Coverage
    stamp: str = ""

    @classmethod
    def of(cls, allowlist: Allowlist) -> Self:
        """Compile the list."""
        return cls.compiling(allowlist.entries, allowlist.active, allowlist.revision)

    @classmethod
    def compiling(cls, listed: Iterable[Listed], active: bool, revision: str, stamp: str = "") -> Self:
        """Compile a list of these networks, in that state, at that revision and stamp."""
        return cls(active, revision, Coverage(one.network for one in effective_networks(listed)), stamp)

    def is_of(self, active: bool, revision: str, stamp: str) -> bool:
        """Whether it was compiled from the list as it is in that state, at that revision and stamp."""
        return (self.active, self.revision, self.stamp) == (active, revision, stamp)

    def admits(self, address: Address | None) -> bool:
        """Whether the list admits the address (R8, R11)."""
        return admits(self.active, address, self.coverage.covers)

    def admits_text(self, address: str | None) -> bool:
        """The same of an address as text, without building an Address. Raises AddressError for anything else."""
        return admits(self.active, address, self.coverage.covers_text)


INACTIVE = CompiledList.of(Allowlist())
"""What decides for an inactive list, which need not be compiled."""
