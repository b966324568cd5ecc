"""docs/troubleshooting.md tells of every kind of fault, in the words of the product."""

from __future__ import annotations

from pathlib import Path

from aniworld.system.findings import Kind
from aniworld.system.kinds import KINDS
from aniworld.system.mending import FIXES

PAGE = (Path(__file__).resolve().parents[4] / "docs/troubleshooting.md").read_text(encoding="utf-8")


def section(kind: Kind) -> str:
    """What the page has to say of a kind."""
    words = kind.title or kind.text
    lines = [f"### {kind.code}", "", f"*{kind.severity}* · {words}", "", kind.mend]
    if kind.command:
        lines += ["", f"    {kind.command}"]
    if kind.fix:
        fix = FIXES[kind.fix]
        by = "`doctor --fix`, or the button" if fix.is_safe else "The button"
        lines += ["", f"{by} “{fix.label}” does it."]
    return "\n".join(lines) + "\n"


def test_every_kind_has_its_section() -> None:
    told = PAGE.split("## What may be found\n\n")[1]
    assert told == "\n".join(section(kind) for kind in KINDS.values())
