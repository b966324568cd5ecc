"""The lock files install on any pip, also when newer versions are out than the locked ones."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parents[4]
_LOCKED = re.compile(r"^[A-Za-z0-9._-]+(?:\[[^\]]*\])?==[^ ;\\]+", re.MULTILINE)


def locked(lock: str) -> dict[str, set[str]]:
    """The extras each package is locked with, by its name."""
    found = map(Requirement, _LOCKED.findall((PROJECT / lock).read_text()))
    return {canonicalize_name(one.name): set(one.extras) for one in found}


def wanted_extras(packages: dict[str, set[str]]) -> dict[str, set[str]]:
    """The extras that the locked packages, as installed here, ask of each other."""
    wanted: dict[str, set[str]] = {}
    for name, extras in packages.items():
        try:
            requirements = metadata.requires(name) or []
        except metadata.PackageNotFoundError:  # of another platform
            continue
        for requirement in map(Requirement, requirements):
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": one}) for one in (extras or {""})):
                wanted.setdefault(canonicalize_name(requirement.name), set()).update(
                    requirement.extras
                )
    return {name: extras for name, extras in wanted.items() if extras}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_an_extra_that_a_package_asks_for_is_locked_with_it(lock: str) -> None:
    """Else an older pip takes the newest version for the extra, finds no hash, and stops."""
    packages = locked(lock)
    wanted = wanted_extras(packages)

    assert "twisted" in wanted  # by daphne: the test sees what it is about
    for name, extras in wanted.items():
        assert extras <= packages[name], name
