"""One line of what is wanted: a network with what is said of it, or why there is none (R13)."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.domain.allowlist import Entry
from webapp.domain.comment import CommentError
from webapp.domain.network import Network, NetworkError


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line names no network that could be listed: class, sentence, and what may have been meant.

    `corrections` are canonical networks, the likeliest first; `comment` is what stood around them.
    """

    code: str
    message: str
    corrections: tuple[str, ...] = ()
    comment: str = ""

    @classmethod
    def of(cls, error: NetworkError | CommentError, comment: str = "") -> Problem:
        """Return the problem that the field for a network or a comment has with its text."""
        if isinstance(error, CommentError):
            return cls(error.code, error.message)
        return cls(error.code, error.message, error.suggestions, error.comment or comment)


@dataclass(frozen=True, slots=True)
class Line:
    """A network that is wanted, or the problem with the text that should name one.

    `number` counts the lines of the text from 1, or the entries of a list. `comment` is None where nothing is said of
    it: a network that stays keeps its own; "" is said, and takes it away. `is_hint`: the comment is only what stood
    beside the network in somebody else's document; it is for a network that is added, and contradicts nothing.
    `facts` is the entry that a restore brings back, with who added it and when (R16). `start` and `end` say what of the
    text a correction replaces; `trimmed`: blanks other than ordinary ones were left out at the ends.
    """

    number: int
    text: str
    network: Network | None = None
    comment: str | None = None
    problem: Problem | None = None
    is_hint: bool = False
    facts: Entry | None = None
    start: int = 0
    end: int = 0
    trimmed: bool = False

    @classmethod
    def restoring(cls, number: int, entry: Entry) -> Line:
        """Return the line that wants an entry of an earlier list back, as it was (R16)."""
        return cls(number, entry.network.text, entry.network, entry.comment, facts=entry)
