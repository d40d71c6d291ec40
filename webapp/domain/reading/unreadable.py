"""A text that is not read at all, and the limits of one that is (R13)."""

from webapp.domain.allowlist import MAX_NETWORKS, Refused

MAX_BYTES = 256 * 1024  # of the text, as UTF-8
MAX_ERRORS = 1_000  # lines that should name a network and do not; more of them are no list, and no page
MAX_AROUND = 4_000  # lines of brackets, names and settings around the networks
MAX_COLUMNS = 200


class Unreadable(Refused):
    """Nothing is read: `problem` names the reason, `message` is a sentence with the way out."""

    code = "unreadable"

    def __init__(self, problem: str, message: str) -> None:
        super().__init__(message)
        self.problem = problem
        self.message = message


def too_many_networks() -> Unreadable:
    """Return the refusal of a text with more networks than a list may hold (R4)."""
    message = f"This names more than {MAX_NETWORKS:,} networks, which is what a list may hold. Use a part of it."
    return Unreadable("too_many_networks", message)


def too_many_errors() -> Unreadable:
    """Return the refusal of a text that is mostly something else."""
    message = f"More than {MAX_ERRORS:,} lines of this are no networks. Is it the right file?"
    return Unreadable("too_many_errors", message)


def too_many_columns() -> Unreadable:
    """Return the refusal of a table that can be no list of networks."""
    return Unreadable("too_many_columns", f"This table has more than {MAX_COLUMNS} columns. Is it the right file?")
