"""docs/schedule.md tells of every job there is, and its examples are understood."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aniworld.rhythm.reading import read
from aniworld.system.schedule.jobs import JOBS

PAGE = (Path(__file__).resolve().parents[5] / "docs/schedule.md").read_text(encoding="utf-8")


def table(heading: str) -> list[str]:
    after = PAGE.split(f"{heading}\n")[1]
    return re.split(r"\|(?:---\|)+\n", after)[1].split("\n\n")[0].splitlines()


def test_every_job_is_told_of() -> None:
    assert table("## The jobs") == [
        f"| {job.label} (`{job.name}`) | {job.when} | {'yes' if job.is_on else 'no'} | {job.help} |"
        for job in JOBS
    ]


EXAMPLES = [
    said for row in table("## Saying when") for said in re.findall(r"`([^`]+)`", row.split("|")[1])
]


@pytest.mark.parametrize("said", EXAMPLES)
def test_every_example_is_understood(said: str) -> None:
    assert read(said)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 20
