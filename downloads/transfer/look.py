"""``python -m downloads.transfer.look FILE``: what is in a file, as JSON; else why that cannot be
told, with exit code 1."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

from downloads.transfer.check import inspect
from downloads.transfer.errors import NotMedia


def main(path: str) -> int:
    try:
        streams = inspect(Path(path))
    except NotMedia as error:
        sys.stdout.write(json.dumps({"reason": error.params.get("reason", "")}))
        return 1
    sys.stdout.write(json.dumps(dataclasses.asdict(streams)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
