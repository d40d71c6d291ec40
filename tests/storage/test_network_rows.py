"""Many networks at once: as few statements as one, in the text's order, each with its last sign-in (R13)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.support.quick import check_history, put_list, read_list, sign_in
from tests.support.statements import statements
from tests.support.world import OFFICE, World, email_of
from webapp.domain.applying import Seen, applied
from webapp.domain.desired import Line
from webapp.domain.network import parse_network
from webapp.domain.plan import Mode, plan
from webapp.runtime import clock
from webapp.storage import allowlists, network_rows
from webapp.storage.allowlists import Outcome
from webapp.storage.events import Actor

SEEN = Seen(confirms_wide=True)
MANY = [f"10.{number // 256}.{number % 256}.0/24" for number in range(1_000)]


def take_in(app: Flask, world: World, texts: list[str], mode: Mode = "add", comment: str | None = None) -> Outcome:
    """Apply the plan of these networks, as Dana."""
    lines = [Line(number, text, parse_network(text), comment) for number, text in enumerate(texts, 1)]
    dana = Actor("Dana Kessler", world.users["dana"])
    with app.app_context():
        return allowlists.changing(
            world.halden, dana, "import", lambda present: applied(plan(present, lines, mode), SEEN), now=clock.now
        )


@pytest.mark.parametrize(
    ("texts", "mode", "comment"),
    [
        (["192.0.2.0/24"], "add", None),
        (MANY, "add", None),
        (MANY, "replace", "Office"),
        (MANY[:500], "replace", "Lab"),
        (["192.0.2.0/24"], "replace", None),
    ],
)
def test_a_change_of_many_networks_takes_as_many_statements_as_one_of_few(
    app: Flask, world: World, texts: list[str], mode: Mode, comment: str | None
) -> None:
    counts = []
    for some in (texts[:1], texts):
        put_list(app, world.halden, *(MANY if mode == "replace" else ()))
        with statements(app) as log:
            take_in(app, world, some, mode, comment)
        counts.append(sum(not statement.startswith("PRAGMA") for statement in log))
    assert counts[0] - 1 <= counts[1] <= counts[0] + 1 <= 9


def test_the_texts_order_is_the_lists_order_and_what_was_there_stays_below(app: Flask, world: World) -> None:
    put_list(app, world.halden, "192.0.2.0/24", "198.51.100.0/24")
    outcome = take_in(app, world, MANY[:998])
    assert read_list(app, world.halden).texts == [*MANY[:998], "198.51.100.0/24", "192.0.2.0/24"]
    with app.app_context():
        assert allowlists.load(world.halden).entries == outcome.after.entries
    assert len({entry.position for entry in outcome.added}) == 998


def test_one_event_tells_all_of_a_change_with_removals_edits_and_additions(app: Flask, world: World) -> None:
    put_list(app, world.halden, *MANY[:20])
    before = read_list(app, world.halden)
    take_in(app, world, MANY[10:40], "replace", "Office")
    assert check_history(app, world.halden, before) == 1
    assert read_list(app, world.halden).texts == [*MANY[20:40], *MANY[19:9:-1]]
    assert {comment for _, _, comment in read_list(app, world.halden).networks} == {"Office"}


def test_a_network_that_stays_keeps_id_and_version(app: Flask, world: World) -> None:
    rows = put_list(app, world.halden, "192.0.2.0/24", "198.51.100.0/24")
    kept = take_in(app, world, ["192.0.2.0/24", "203.0.113.0/24"], "replace").after.entries[1]
    assert (kept.id, kept.version) == (rows["192.0.2.0/24"].id, rows["192.0.2.0/24"].version)
    said = take_in(app, world, ["192.0.2.0/24"], "replace", "Office").after.entries[0]
    assert said.id == kept.id
    assert said.version != kept.version


def test_each_of_many_networks_knows_the_last_sign_in_from_within(app: Flask, world: World) -> None:
    put_list(app, world.halden)
    began = clock.now()
    for address in (OFFICE, "198.51.100.99", "2001:db8::9", "32.1.13.184"):
        sign_in(app, email_of("sanne"), address)
    inside = ["198.51.100.0/24", "198.51.100.14/32", "198.51.100.96/28", "2001:db8::/64", "32.0.0.0/8", "::/0"]
    added = take_in(app, world, [*inside, "198.51.100.16/28", "2001:db8:1::/48", "32.1.13.185/32"]).added
    used = {entry.network.text: entry.last_sign_in_at for entry in added if entry.last_sign_in_at}
    assert sorted(used) == sorted(inside)
    assert used["198.51.100.14/32"] < used["198.51.100.96/28"] == used["198.51.100.0/24"] < used["::/0"]
    assert all(timedelta() <= at - began < timedelta(minutes=1) for at in used.values())


def test_of_many_networks_only_the_latest_sign_ins_are_looked_at(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_list(app, world.halden)
    monkeypatch.setattr(network_rows, "MAX_SIGN_INS_SEARCHED", 2)
    for number in (1, 2, 3):
        sign_in(app, email_of("sanne"), f"192.0.2.{number}")
    added = take_in(app, world, [f"192.0.2.{number}/32" for number in (1, 2, 3)]).added
    assert [entry.last_sign_in_at is None for entry in added] == [True, False, False]
