"""The example of a list that is kept in git, done as docs/list-in-git.md says it, with git and curl."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from tests.api.test_tokens_end import ENDS
from tests.operations.test_cli import run
from tests.storage.test_a_programs_change import sign_in
from tests.support.client import Portal
from tests.support.quick import put_list, read_list, writing
from tests.support.server import ROOT, Server
from tests.support.world import HOME

DOCUMENT = (ROOT / "docs" / "list-in-git.md").read_text(encoding="utf-8")
FILES = re.compile(r"^`([\w./-]+)`.*?:\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^flask --app wsgi (api-token create .*)$", re.MULTILINE)
LISTED = ["198.51.100.7/32", "2001:db8:7::/48", "203.0.113.0/24"]

pytestmark = pytest.mark.skipif(not (shutil.which("curl") and shutil.which("git")), reason="curl or git is missing")


@pytest.fixture
def server(app: Flask, database_url: str, portal: Portal) -> Iterator[Server]:
    """A server on the test's database; Halden's active list has one network, from which Dana has signed in."""
    put_list(app, portal.world.halden, "203.0.113.0/24", active=True)
    sign_in(app, portal.world, "dana", HOME)
    with Server({"DATABASE_URL": database_url, "SECRET_KEY": str(app.secret_key)}) as running:
        yield running


class Repository:
    """A repository with the files of the document, and a CI that does what its workflow says."""

    def __init__(self, folder: Path, portal: Portal, url: str) -> None:
        self.folder = folder
        for name, text in FILES.findall(DOCUMENT):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        [command] = COMMAND.findall(DOCUMENT)
        token = run(portal, *command.replace("--account 1", f"--account {portal.world.halden}").split())
        self.secrets = {"PORTAL_URL": url, "PORTAL_TOKEN": token.stdout.splitlines()[-1]}
        self.git("init", "--quiet", "--initial-branch", "main")

    def git(self, *arguments: str) -> str:
        """Run git."""
        who = ["-c", "user.name=Dana", "-c", "user.email=dana@example.com"]
        done = subprocess.run(["git", *who, *arguments], cwd=self.folder, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def push(self, networks: list[dict[str, str]] | None = None) -> list[tuple[int, Any]]:
        """Commit the list, and return exit status and answer of each step of CI."""
        if networks is not None:
            (self.folder / "allowlist.json").write_text(json.dumps({"networks": networks}), encoding="utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "Another list")
        workflow = yaml.safe_load((self.folder / ".github/workflows/allowlist.yml").read_text())
        assert "github.ref" in workflow["concurrency"]  # else a branch's run cancels one of main that waits
        [job] = workflow["jobs"].values()
        assert set(job["env"]) == set(self.secrets)
        branch = self.git("branch", "--show-current")
        condition = "github.ref_name == 'main'"
        steps = [step for step in job["steps"] if "run" in step]
        assert {step.get("if") for step in steps} == {None, condition}
        return [self.step(step["run"]) for step in steps if branch == "main" or "if" not in step]

    def step(self, command: str) -> tuple[int, Any]:
        """Do a step of CI."""
        env = {"PATH": os.environ["PATH"]} | self.secrets
        done = subprocess.run(command.split(), cwd=self.folder, env=env, capture_output=True, text=True, check=False)
        assert self.secrets["PORTAL_TOKEN"] not in done.stdout + done.stderr
        return done.returncode, json.loads(done.stdout)


@pytest.fixture
def repository(server: Server, portal: Portal, tmp_path: Path) -> Repository:
    """The repository of the document."""
    return Repository(tmp_path, portal, server.url)


def test_a_branch_says_what_main_then_does(repository: Repository, portal: Portal) -> None:
    repository.git("checkout", "--quiet", "-b", "proposal")
    [(code, tried)] = repository.push()
    assert (code, tried["dry_run"], tried["counts"]["add"], tried["state"]) == (0, True, 2, "active")
    assert portal.networks() == ["203.0.113.0/24"]
    repository.git("checkout", "--quiet", "-b", "main")
    (_, again), (code, made) = repository.push()
    assert (code, again["lines"], made["lines"]) == (0, tried["lines"], tried["lines"])
    assert (portal.networks(), portal.list().active) == (LISTED, True)


def test_what_is_refused_fails_and_changes_nothing(repository: Repository, portal: Portal) -> None:
    before = read_list(portal.app, portal.world.halden)
    wrong = {"203.0.113.7/24": (422, "has_errors"), "192.0.2.0/24": (409, "leaves_owners_out")}
    for network, expected in wrong.items():
        for code, answer in repository.push([{"network": network}]):
            assert (code, answer["status"], answer["code"]) == (22, *expected)
    assert read_list(portal.app, portal.world.halden) == before


def test_a_token_that_has_ended_fails_and_says_so(repository: Repository, portal: Portal) -> None:
    with writing(portal.app) as connection:
        ENDS["made a member"](connection, portal.world.users["dana"])
    for code, answer in repository.push():
        assert (code, "has ended" in answer["message"]) == (22, True), answer


def test_what_the_command_exports_is_a_list_to_begin_with(repository: Repository, portal: Portal) -> None:
    exported = run(portal, "allowlist", "export", portal.world.halden, "--format", "json").stdout
    for code, answer in repository.push(json.loads(exported)["networks"]):
        assert (code, answer["changed"]) == (0, False)
