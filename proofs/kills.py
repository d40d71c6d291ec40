"""kill -9 at random moments: whoever was answered has changed the list, and nothing is ever half done."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from multiprocessing.connection import Connection

from flask import Flask

from proofs.databases import database, portal
from proofs.report import Report
from tests.support.client import BASE
from tests.support.quick import QuickBrowser, check_history, new_app, put_list, read_list, start_session
from tests.support.world import HOME, World

LONGEST_S = 0.08
SOON_S = 2.0


def change_for_ever(url: str, session_id: str, number: int, tell: Connection) -> None:
    """Be a worker: add and delete networks, and tell of each answer, until killed."""
    app = new_app(url)
    dana = QuickBrowser(app, HOME, session_id)
    tell.send("ready")
    for count in range(10_000):
        text = f"10.{number % 256}.{count // 256}.{count % 256}/32"
        answer = dana.post(f"{BASE}/networks", {"network": text, "operation": f"{number}-{count}"})
        tell.send((text, answer.status_code))


def run(kills: int, seed: int, kind: str) -> Report:
    """Kill so many workers while they change the list."""
    claim = "After kill -9 the list is whole, holds every change that was answered, and can be changed again at once."
    report = Report(
        f"kill -9 while the list is changed, {kind}", claim, seed, kills, "kills", "power failure of the disk"
    )
    chance, acknowledged, slowest = random.Random(seed), 0, 0.0
    context = multiprocessing.get_context("fork")
    with report.timed(), database(kind) as url, portal(url) as (app, world):
        for number in range(kills):
            put_list(app, world.halden, f"{HOME}/32", active=True)
            before = read_list(app, world.halden)
            session_id = start_session(app, world.halden, world.users["dana"], HOME)
            app.extensions["engine"].dispose()
            here, there = context.Pipe()
            worker = context.Process(target=change_for_ever, args=(url, session_id, number, there))
            worker.start()
            here.recv()
            time.sleep(chance.uniform(0, LONGEST_S))
            os.kill(worker.pid or 0, signal.SIGKILL)
            worker.join()
            there.close()
            answered = told(here)
            acknowledged += len(answered)
            slowest = max(slowest, changes_again(report, app, world))
            after = read_list(app, world.halden)
            if lost := answered - set(after.texts):
                report.violated(f"kill {number}: lost {lost}")
            try:
                check_history(app, world.halden, before)
            except AssertionError as error:
                report.violated(f"kill {number}: torn: {error}")
    report.figures["acknowledged changes, all kept"] = f"{acknowledged:,}"
    report.figures["slowest change after a kill"] = f"{slowest * 1000:.0f} ms"
    return report


def told(here: Connection) -> set[str]:
    """Return the networks whose addition was answered."""
    answered = set()
    try:
        while here.poll():
            text, status = here.recv()
            assert status == 303
            answered.add(text)
    except EOFError:
        pass
    here.close()
    return answered


def changes_again(report: Report, app: Flask, world: World) -> float:
    """Change the list, and return how long it took."""
    mara = QuickBrowser(app, HOME, start_session(app, world.halden, world.users["mara"], HOME))
    began = time.monotonic()
    status = mara.post(f"{BASE}/networks", {"network": "192.0.2.1/32"}).status_code
    taken = time.monotonic() - began
    if status != 303 or taken > SOON_S:
        report.violated(f"the next change: {status} after {taken:.1f} s")
    return taken
