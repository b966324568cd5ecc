"""Every public service that writes is journalled.

Read from the source: what a function reaches by the names it uses. One that reaches a write but no
``record`` fails here until it records what it does, or has its reason in ``NO_ACT``. That the
entries are right is for the tests beside each service, and for ``test_journalled_addresses``.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Iterator
from enum import Enum
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest
from django.db.models import Model, QuerySet

from aniworld.journal import services as journal

ROOMS = ("accounts", "aniworld", "downloads", "library")
# What is written there is a file; ``config.services`` alone may change it, see below.
FILES = ("aniworld.config.store",)
# Where the product's verbs are; each of a package's modules counts.
SERVICES = (
    "accounts.feeds",
    "accounts.services",
    "accounts.throttle",
    "aniworld.config.services",
    "aniworld.sites.services",
    "aniworld.system.notifications.services",
    "aniworld.system.schedule.services",
    "downloads.services",
    "downloads.worker.claims",
    "downloads.worker.lease",
    "library.recycling.delete",
    "library.recycling.emptying",
    "library.recycling.restore",
    "library.services",
)
WRITES = {
    *("save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create"),
    *("update_or_create", "execute", "executemany", "soft_delete", "restore", "revoke", "run"),
}
BY_RULE = "follows by rule from what is journalled"
CATALOGUE = "what a catalogue lists, and its pictures, are nobody's act here"
PROGRESS = "how far an item is; its end is journalled"
TRIES = "counts tries; who gets in is journalled"
READ = "what is read is no act on anything; the same page takes it back"
COUNTED = "what there is, or was long ago, is counted; nothing changes by it"
ASKED = "how a site answered is counted; what was asked for is nobody's change"
NO_ACT = {
    "library.services.lookup.search_sites": ASKED,
    "accounts.services.clean_up_sessions": "sessions that have expired by themselves",
    "accounts.throttle.admit": TRIES,
    "accounts.throttle.failed": TRIES,
    "accounts.throttle.succeeded": TRIES,
    "accounts.throttle.forget": TRIES,
    "aniworld.system.notifications.services.get_target": "reads; what it reads is kept from logs",
    "aniworld.system.notifications.services.mark_read": READ,
    "aniworld.system.notifications.services.mark_unread": READ,
    "aniworld.sites.services.enable_in": "changes values for config.change, which records",
    "downloads.services.control.save": "the write of those that record",
    "downloads.services.held.say_as_held": "the write of those that record",
    "downloads.services.quiet.look": "quiet hours begin and end by the settings",
    "downloads.services.quiet.tell": "quiet hours begin and end by the settings",
    "downloads.worker.claims.about_to_place": PROGRESS,
    "downloads.worker.claims.adopt": PROGRESS,
    "downloads.worker.claims.claim_wanted": "its owner has asked for it, which is journalled",
    "downloads.worker.claims.forget_quarantines": BY_RULE,
    "downloads.worker.claims.interrupt": PROGRESS,
    "downloads.worker.claims.keep_attempt": PROGRESS,
    "downloads.worker.claims.keep_progress": PROGRESS,
    "downloads.worker.claims.keep_source": PROGRESS,
    "downloads.worker.lease.give_back": "which worker serves the queue, renewed all the time",
    "downloads.worker.lease.take": "which worker serves the queue, renewed all the time",
    "library.services.airings.keep_airings": CATALOGUE,
    "library.services.arrivals.episode_arrived": "the worker journals the download",
    "library.services.catalogue.keep_list": CATALOGUE,
    "library.services.catalogue.note_genres": CATALOGUE,
    "library.services.catalogue_details.details_now": CATALOGUE,
    "library.services.catalogue_details.fill": CATALOGUE,
    "library.services.catalogue_details.read_details": CATALOGUE,
    "library.services.covers.store": CATALOGUE,
    "library.services.covers.fetcher": CATALOGUE,
    "library.services.listed_covers.keep_listed_cover": CATALOGUE,
    "library.services.listed_covers.tidy_listed_covers": CATALOGUE,
    "library.services.catalogue.forget_strangers": "what sites listed long ago, by its age",
    "library.services.covers.keep_cover": CATALOGUE,
    "library.recycling.emptying.end_if_off": "the deletion before it is journalled",
    "library.services.arrived.tell": CATALOGUE,
    "library.services.operations.forget_old_ones": "how it ended is in the journal",
    "library.services.wanting.mark": "for what has an entry of its own",
    "library.services.operations.claim": "which process scans; the scan is journalled",
    "library.services.refresh.keep_error": CATALOGUE,
    "library.services.roots.synced_roots": "roots follow the configuration, which is journalled",
    "library.services.series.free_key": "reads by a statement of its own",
    "library.services.homes.refuse_taken_folder": "reads by a statement of its own",
    "library.services.homes.take_files": "that a series has the folder is journalled",
    "library.services.changes.forget_old_changes": "what changed long enough ago",
    "library.services.moving_rows.move_rows": "for what has an entry of its own",
    "library.services.renumbering.release": "a list that is as it was, or is taken over",
    "downloads.services.renumbered.series_held": "that its list is held is journalled",
    "library.services.settle.end_holding": BY_RULE,
    "library.services.tallies.forget_before": COUNTED,
    "library.services.tallies.keep": COUNTED,
    "library.services.unmatched.follow_refused": "what was refused stays so under a new name",
    "library.services.unmatched.keep_refused": "what was refused stays so when it returns",
    "library.services.settle.numberings_of": "reads by statements of its own",
    "library.services.settle.recount": BY_RULE,
    "library.services.settle.settle": BY_RULE,
    "library.services.settle.without_files": BY_RULE,
}


def modules() -> Iterator[ModuleType]:
    for name in SERVICES:
        module = importlib.import_module(name)
        yield module
        for found in pkgutil.iter_modules(getattr(module, "__path__", ()), f"{name}."):
            yield importlib.import_module(found.name)


def path_of(function: Any) -> str:
    return f"{function.__module__}.{function.__qualname__}"


VERBS = {
    path_of(function): function
    for module in modules()
    for name, function in vars(module).items()
    if inspect.isfunction(function)
    and function.__module__ == module.__name__
    and not name.startswith("_")
}


@cache
def tree_of(thing: Any) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(thing)))


def named(thing: Any) -> Iterator[Any]:
    """What the names in the source of a function or class stand for."""
    space = vars(importlib.import_module(thing.__module__))
    for node in ast.walk(tree_of(thing)):
        if isinstance(node, ast.Name | ast.Attribute):
            yield _resolved(ast.unparse(node), space)


def _resolved(dotted: str, space: dict[str, Any]) -> Any:
    first, *rest = dotted.split(".")
    found = space.get(first)
    for part in rest:
        found = getattr(found, part, None)
    return inspect.unwrap(found) if inspect.isfunction(found) else found


def is_ours(thing: Any) -> bool:
    """Functions, and classes that do something; of rows and errors others call the methods."""
    if inspect.isclass(thing):
        is_code = not issubclass(thing, (Model, QuerySet, Enum, Exception))
    else:
        is_code = inspect.isfunction(thing) and "<" not in thing.__qualname__
    return is_code and thing.__module__.startswith(ROOMS) and thing.__module__ not in FILES


def reach(function: FunctionType) -> set[Any]:
    """The function, and all of ours that it uses, but for what needs no entry."""
    seen: set[Any] = set()
    todo: list[Any] = [function]
    while todo:
        thing = todo.pop()
        is_excused = thing is not function and path_of(thing) in NO_ACT
        if thing in seen or is_excused:
            continue
        seen.add(thing)
        if thing is not journal.record:
            todo += [other for other in named(thing) if is_ours(other)]
    return seen


def writes(thing: Any) -> bool:
    calls = (node for node in ast.walk(tree_of(thing)) if isinstance(node, ast.Call))
    return any(isinstance(c.func, ast.Attribute) and c.func.attr in WRITES for c in calls)


def test_the_walk_finds_the_verbs() -> None:
    """A test over nothing would always pass."""
    assert len(VERBS) > 80
    assert journal.record in reach(VERBS["library.services.series.remove_series"])
    assert writes(VERBS["library.services.roots.synced_roots"]) is False
    assert any(map(writes, reach(VERBS["library.services.roots.synced_roots"])))


@pytest.mark.parametrize("path", VERBS)
def test_a_verb_that_writes_records_what_it_did(path: str) -> None:
    reached = reach(VERBS[path])
    if any(writes(thing) for thing in reached if thing is not journal.record):
        assert journal.record in reached or path in NO_ACT


@pytest.mark.parametrize("path", NO_ACT)
def test_a_reason_belongs_to_a_verb_that_writes_and_records_nothing(path: str) -> None:
    reached = reach(VERBS[path])
    assert journal.record not in reached, "it needs no reason"
    assert any(map(writes, reached)), "it needs no reason"


def test_only_one_place_changes_the_configuration() -> None:
    """``store`` knows no journal: whoever changes settings goes through ``config.services``."""
    project = Path(__file__).resolve().parents[2]
    found = {
        f"{path.relative_to(project)}"
        for room in ROOMS
        for path in (project / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func)
        in ("store.update", "store.apply", "store.replace", "config_store.update")
    }
    assert found == {"aniworld/config/services.py"}
