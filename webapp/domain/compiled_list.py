"""A list ready to decide: what enforcement, sign-in and previews ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from webapp.domain.address import Address
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
        return cls(allowlist.active, allowlist.revision, Coverage(entry.network for entry in allowlist.entries))

    def is_of(self, active: bool, revision: str, stamp: str) -> bool:
        """Whether it was compiled from the list as it is in that state, at that revision and stamp."""
        return (self.active, self.revision, self.stamp) == (active, revision, stamp)

    def admits(self, address: Address | None) -> bool:
        """Whether the list lets the address in; no trustworthy address, no entry (R8, R11)."""
        return not self.active or (address is not None and self.coverage.covers(address))

    def admits_text(self, address: str | None) -> bool:
        """The same of an address as text, without building an Address. Raises AddressError for anything else."""
        return not self.active or (address is not None and self.coverage.covers_text(address))
