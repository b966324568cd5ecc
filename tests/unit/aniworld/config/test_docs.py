"""docs/configuration.md tells of every setting there is, and of no other."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

from aniworld.config import codec
from aniworld.config.schema import Config
from aniworld.settings import ENV_SCHEMA
from providers.base import SiteSettings

PAGE = (Path(__file__).resolve().parents[4] / "docs/configuration.md").read_text(encoding="utf-8")


def rows(heading: str) -> dict[str, str]:
    """Return the first table after ``heading``: names and defaults."""
    table = PAGE.split(f"{heading}\n")[1].split("|---|---|---|\n")[1].split("\n\n")[0]
    cells = [re.split(r"(?<!\\) ?\| ?", line)[1:4] for line in table.splitlines()]
    assert all(len(line) == 3 and line[2] for line in cells)
    return {name.strip("`"): default.strip("`") for name, default, _ in cells}


def defaults(values: dict[str, Any]) -> dict[str, str]:
    return {name: json.dumps(value, ensure_ascii=False) for name, value in values.items()}


def test_every_variable_of_the_environment() -> None:
    def shown(default: Any) -> str:
        return ",".join(default) if isinstance(default, list) else str(default)

    assert rows("## Environment") == {
        name: shown(default) for name, (_, default) in ENV_SCHEMA.items()
    }


def test_every_setting_of_the_file() -> None:
    config = Config()
    sections = [f.name for f in dataclasses.fields(config) if f.name != "version"]
    expected = {
        f"{section}.{name}": value
        for section in sections
        for name, value in codec.plain(getattr(config, section)).items()
    }

    assert rows("## config.json") == defaults(expected)


def test_every_setting_of_a_site() -> None:
    assert rows("Of each site in `providers.sites`:") == defaults(codec.plain(SiteSettings()))
