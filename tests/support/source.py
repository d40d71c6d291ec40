"""What the repository has, apart from what only lies beside it in a checkout."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
SETTINGS_BESIDE = ("deploy/.env", "deploy/portal.env")


def in_git(*folders: str) -> set[str]:
    """Return the files that the repository has there, or will have with the next commit."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *folders]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}


def copy(folder: Path) -> Path:
    """Copy them to a new folder."""
    for name in in_git():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


def copy_with_settings_beside(folder: Path) -> Path:
    """Copy them to a new folder, in which secrets lie as somebody has put them there who runs the portal from it."""
    copy(folder)
    for name in SETTINGS_BESIDE:
        (folder / name).write_text("SECRET_KEY=not for anybody else\n")
    return folder
