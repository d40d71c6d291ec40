"""What a text says, in short: for tests of how texts are read."""

from __future__ import annotations

from webapp.domain.reading.read import read

Said = tuple[int, str, str | None]


def said(text: str) -> list[Said]:
    """Return (line, network, comment) of each network that is read; nothing may be in error."""
    reading = read(text)
    assert [line for line in reading.lines if line.problem] == []
    return [(line.number, str(line.network), line.comment) for line in reading.lines]


def networks(text: str) -> list[str]:
    """Return the networks that are read, whatever else is in error."""
    return [line.network.text for line in read(text).lines if line.network]


def errors(text: str) -> list[tuple[int, str]]:
    """Return (line, class) of each line in error."""
    return [(line.number, line.problem.code) for line in read(text).lines if line.problem]
