"""``python -m tests.bench [part …]``: every part prints its figures as ratios beside its peers."""

from __future__ import annotations

import importlib
import sys

PARTS = ("names", "scan", "refresh", "api", "events", "transfer")


def main(wanted: list[str]) -> int:
    unknown = sorted(set(wanted) - set(PARTS))
    if unknown:
        print(f"No such part: {', '.join(unknown)}. There are: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    for part in wanted or PARTS:
        print(f"\n== {part} ==", flush=True)
        importlib.import_module(f"tests.bench.{part}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
