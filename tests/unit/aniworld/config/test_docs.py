"""docs/configuration.md tells of every setting there is, and of no other."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from aniworld.config import codec
from aniworld.config.checks import Between
from aniworld.config.description import Member, explained
from aniworld.settings import ENV_SCHEMA

from .values import JOB, SERVER, SITE, TARGET, settings

PAGE = (Path(__file__).resolve().parents[4] / "docs/configuration.md").read_text(encoding="utf-8")


def table(heading: str) -> list[str]:
    """Return the rows of the first table after ``heading``."""
    after = PAGE.split(f"{heading}\n")[1]
    return re.split(r"\|(?:---\|)+\n", after)[1].split("\n\n")[0].splitlines()


def row(name: str, member: Member) -> str:
    """What the page has to say of a setting."""
    known = member.setting
    default = json.dumps(codec.plain(member.default), ensure_ascii=False)
    bounds = ""
    if isinstance(known.check, Between):
        bounds = f" {known.check.low:,} to {known.check.high:,} {known.unit}".rstrip()
    return f"| `{name}` | `{default}` |{bounds} | {known.label}. {explained(known)} |"


def test_every_variable_of_the_environment() -> None:
    def shown(default: Any) -> str:
        return ",".join(default) if isinstance(default, list) else str(default)

    cells = [re.split(r" ?\| ?", line)[1:4] for line in table("## Environment")]
    assert all(len(line) == 3 and line[2] for line in cells)
    assert {name.strip("`"): default.strip("`") for name, default, _ in cells} == {
        name: shown(default) for name, (_, default) in ENV_SCHEMA.items()
    }


def test_every_setting_of_the_file() -> None:
    of_file = [(path, member) for path, member in settings() if len(path) == 2]

    assert table("## config.json") == [row(".".join(path), member) for path, member in of_file]
    assert {member.setting.environment for _, member in of_file} - {""} <= set(ENV_SCHEMA)


def test_every_setting_of_a_site() -> None:
    of_site = [(path[-1], member) for path, member in settings() if SITE in path]

    assert table("Of each site in `providers.sites`:") == [row(*one) for one in of_site]


def test_every_setting_of_a_job() -> None:
    of_job = [(path[-1], member) for path, member in settings() if JOB in path]

    assert table("Of each job in `scheduler.jobs`:") == [row(*one) for one in of_job]


def test_every_setting_of_a_media_server() -> None:
    of_server = [(path[-1], member) for path, member in settings() if SERVER in path]

    assert table("Of each server in `media_servers.servers`:") == [row(*one) for one in of_server]


def test_every_setting_of_a_target() -> None:
    of_target = [(path[-1], member) for path, member in settings() if TARGET in path]

    assert table("Of each target in `notifications.targets`:") == [row(*one) for one in of_target]
