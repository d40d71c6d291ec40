"""A stranger's application behind each of the proxies, started once for a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.protected import KINDS, Protected, protected, require


@pytest.fixture(scope="module", params=KINDS)
def behind(request: pytest.FixtureRequest) -> Iterator[Protected]:
    """The application behind each of the two."""
    require(request.param)
    with protected(request.param) as found:
        yield found
