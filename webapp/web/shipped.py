"""Where the folders lie that come with the code: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parents[1]
CHECKOUT = PACKAGE.parent
_IS_WHEEL = (PACKAGE / "templates").is_dir()
_AROUND = PACKAGE if _IS_WHEEL else CHECKOUT
TEMPLATES, STATIC = _AROUND / "templates", _AROUND / "static"


def instance_folder() -> Path:
    """Return the folder of SQLite's database where none is named.

    In a checkout its own `instance/`. Of an installed wheel the one in the working directory: what lies beside the
    package would go with the next installation.
    """
    return (Path.cwd() if _IS_WHEEL else CHECKOUT) / "instance"
