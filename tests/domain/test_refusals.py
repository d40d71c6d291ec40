"""Every refusal of a typed network, word for word: what it is called, what it says, what it offers."""

import json
from pathlib import Path

from tests.domain.test_network import refused

REFUSALS = json.loads(Path(__file__).with_name("refusals.json").read_text(encoding="utf-8"))


def test_every_refusal_says_and_offers_exactly_this() -> None:
    for typed, code, message, suggestions in REFUSALS:
        error = refused(typed)
        assert (error.code, error.message, list(error.suggestions)) == (code, message, suggestions), typed
