"""Nobody who signs in again and again keeps the owner from acting: three real workers (R8c)."""

from __future__ import annotations

from flask import Flask

from proofs.report import Report
from proofs.starve import UNTHROTTLED, acting
from tests.support.server import Server
from tests.support.world import World

ACTS = 3  # one of each kind; `make proofs` makes 500, with four members


def test_a_member_who_signs_in_again_and_again_keeps_the_owner_from_nothing(
    app: Flask, world: World, database_url: str
) -> None:
    env = {"DATABASE_URL": database_url, "SECRET_KEY": str(app.secret_key), "TRUSTED_PROXIES": "127.0.0.1"}
    report = Report("Starving the owner", "", 7, ACTS, "acts")
    with Server(env | UNTHROTTLED, workers=3) as server:
        acting(report, app, world, [server], members=1)
    assert report.violations == []
    assert not report.figures["yeses that named all"].startswith("0,")
