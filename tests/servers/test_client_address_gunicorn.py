import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.servers.vector_app import REFUSED_AT_START, STARTABLE, VECTORS
from tests.support.patience import PATIENCE_S
from webapp.domain.client_address import TrustedProxies

ROOT = Path(__file__).parents[2]
NAMESPACE = ["unshare", "--net", "--pid", "--fork", "--kill-child", *([] if os.geteuid() == 0 else ["--map-root-user"])]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What gunicorn answered to each vector, from one run."""
    if (
        not (shutil.which("unshare") and shutil.which("ip"))
        or subprocess.run([*NAMESPACE, "true"], check=False).returncode
    ):
        pytest.skip("needs a network namespace: unshare (util-linux), ip (iproute2), and the right to make one")
    script = [sys.executable, "-m", "tests.servers.ask_vectors", str(tmp_path_factory.mktemp("gunicorn"))]
    run = subprocess.run(
        [*NAMESPACE, *script], cwd=ROOT, capture_output=True, text=True, timeout=5 * PATIENCE_S, check=False
    )
    assert run.returncode == 0, run.stderr
    answers: dict[str, Any] = json.loads(run.stdout)
    return answers


@pytest.mark.parametrize("vector", STARTABLE, ids=lambda vector: vector["id"])
def test_gunicorn_hands_over_what_the_resolver_needs(vector: dict[str, Any], answers: dict[str, Any]) -> None:
    answer = answers[vector["id"]]
    if answer["status"] == 431:  # gunicorn refuses a header above 8 KiB before the application sees it
        assert vector["expect"] == "refuse"
    else:
        peer = vector["remote_addr"].removeprefix("unix:").partition("%")[0]  # getpeername keeps the zone apart
        assert answer == {"status": 200, "client": vector["expect"], "peer": peer}


@pytest.mark.parametrize("trusted", REFUSED_AT_START, ids=",".join)
def test_a_portal_with_a_dangerous_list_does_not_start(trusted: list[str]) -> None:
    with pytest.raises(ValueError, match=r"every client|without the ::ffff:"):
        TrustedProxies.parse(",".join(trusted))


def test_no_vector_is_dropped(answers: dict[str, Any]) -> None:
    not_asked = [vector["id"] for vector in VECTORS if vector["id"] not in answers]
    assert not_asked == ["CIP-046", "CIP-094"]
    assert len(VECTORS) == 80
    assert sum(answer["status"] == 431 for answer in answers.values()) <= 1
