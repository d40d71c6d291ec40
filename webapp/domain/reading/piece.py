"""What one line of a text names: networks, each with its place in the line and what is said of it (R13)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from webapp.domain.allowlist import MAX_NETWORKS
from webapp.domain.comment import CommentError, parse_comment
from webapp.domain.desired import Problem
from webapp.domain.network import Network
from webapp.domain.reading.unreadable import MAX_ERRORS

MAX_PIECES = MAX_NETWORKS + MAX_ERRORS + 1  # of a line: with so many the text is refused, however they are read


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line, from `start` to `end`: a network, or a problem, or what has still to be read as a network."""

    start: int
    end: int
    network: Network | None = None
    comment: str | None = None
    problem: Problem | None = None

    def saying(self, comment: str | None) -> Piece:
        """Return the piece with a comment as it was written; a comment that cannot be kept is its problem."""
        if comment is None:
            return self
        try:
            return replace(self, comment=parse_comment(comment))
        except CommentError as error:
            return replace(self, network=None, problem=Problem.of(error))
