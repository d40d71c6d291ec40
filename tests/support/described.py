"""schemathesis against a running server: what the API's description allows, and what it does not."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from tests.support.server import ROOT

COMMAND = (sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()")
CONFIG = ROOT / "tests" / "support" / "schemathesis.toml"
WAYS = {"as generated": "", "with the present list's ETag": "tests.support.present_etag"}
"""How requests are sent, with the hook for it: made up wholly, or so that a PUT reaches the list."""


def ask(url: str, token: str, way: str, examples: int, seed: int) -> subprocess.CompletedProcess[str]:
    """Send about so many requests of each operation to the portal at the URL; 0 is returned where all was as said."""
    env = os.environ | {"PORTAL_TOKEN": token, "PORTAL_LIST": f"{url}/api/v1/ip-allowlist", "PYTHONPATH": str(ROOT)}
    env |= {"SCHEMATHESIS_HOOKS": WAYS[way]} if WAYS[way] else {}
    command = [*COMMAND, "--config-file", str(CONFIG), "run", f"{url}/api/v1/openapi.json", "--checks", "all"]
    command += ["--max-examples", str(examples), "--seed", str(seed), "--generation-database", "none"]
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run(command, env=env, cwd=folder, capture_output=True, text=True, check=False)
