"""The product with a second site: the same catalogue under another name, one entry more in the
registry, as docs/adding-a-provider.md has it."""

from __future__ import annotations

import dataclasses
import runpy
import sys

from providers import registry

SECOND = "second"

registry.SITES[SECOND] = dataclasses.replace(
    registry.SITES["aniworld"], name=SECOND, label="Second"
)


def main() -> None:
    """``web`` and what the server takes, or ``manage`` and a command."""
    what, *arguments = sys.argv[1:]
    sys.argv = [what, *arguments]
    if what == "web":
        runpy.run_module("aniworld.server", run_name="__main__", alter_sys=True)
    else:
        runpy.run_path("manage.py", run_name="__main__")


if __name__ == "__main__":
    main()
