"""``aniworld`` and ``python -m aniworld``: the one command of an installation.

Nothing that reads the settings is imported before it is known what is wanted: help and version need
none, and the doctor answers also where they cannot be read.
"""

from __future__ import annotations

import argparse
import os
import sys

from aniworld import __version__
from aniworld.installation import IS_CHECKOUT, MANAGE

_WAYS = {
    "run": "web server and worker together, the database brought up to date first (the default)",
    "web": "the web server alone",
    "worker": "the worker alone: queue, schedule, notifications",
    "health": "whether the web server of this machine answers: exit code 0 or 1",
    "manage": "one of the commands for shell and cron: “aniworld manage help” lists them",
}
# In a wheel no module is looked for where the command happens to be called.
_SAFELY = () if IS_CHECKOUT else ("-P",)


def main() -> int:
    words = sys.argv[1:]
    if words[:1] == ["manage"]:
        return _become([*MANAGE, *words[1:]])
    asked = _parser().parse_args(words)
    if asked.way == "web":
        return _become([sys.executable, *_SAFELY, "-m", "aniworld.server"])
    if asked.way == "worker":
        return _become([*MANAGE, "runqueue"])
    if asked.way == "health":
        from aniworld import probe  # noqa: PLC0415 - only here

        return probe.main()
    from aniworld import running  # noqa: PLC0415 - it reads the settings

    return running.main()


def _parser() -> argparse.ArgumentParser:
    ways = "\n".join(f"  {name:8}{what}" for name, what in _WAYS.items())
    parser = argparse.ArgumentParser(
        prog="aniworld",
        description=f"Manager and download queue for an anime library.\n\n{ways}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("way", nargs="?", choices=_WAYS, default="run", metavar="|".join(_WAYS))
    parser.add_argument("--version", action="version", version=f"Aniworld {__version__}")
    return parser


def _become(command: list[str]) -> int:
    """Go on as another program: its signals, its exit code and its terminal are ours."""
    os.execv(command[0], command)  # noqa: S606 - an argument list of our own


if __name__ == "__main__":
    sys.exit(main())
