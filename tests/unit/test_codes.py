"""Every code that can be raised or stored has its sentence, and gives just the facts it names."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from types import ModuleType
from typing import Any

import pytest

from aniworld.web import texts
from aniworld.web.errors import DatabaseUnusable
from library.errors import InvalidPreferences
from library.names import problems
from library.naming.folders import FOLDER_PROBLEMS
from library.services import numbering
from providers.coded import WHY, CodedError, text_key

PROJECT = Path(__file__).resolve().parents[2]
ROOMS = ("accounts", "aniworld", "downloads", "library", "providers")
# Where the sentence is chosen by plain code that knows no errors: all that may come of it.
CHOSEN: Mapping[str, Collection[str]] = {
    "library/services/folders.py": FOLDER_PROBLEMS,
    "aniworld/database/troubles.py": DatabaseUnusable.texts,
    "library/services/preferences.py": InvalidPreferences.texts,
}

# The parameters of sentences that a function makes, with what they say of them.
MADE: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "mass_removal": (
        {
            "gone": 3,
            "known": 4,
            "roots": [
                {
                    "path": "/anime",
                    "gone": 3,
                    "known": 4,
                    "is_other_disk": True,
                    "sign": "losses_of_a_pool",
                    "series": [{"key": "frieren", "name": "Frieren", "gone": 3, "known": 3}],
                    "more": 2,
                }
            ],
        },
        "/anime is not the disk it was at the last scan. 3 of 4 known files have gone from /anime: "
        "Frieren (frieren): 3 of 3 and 2 more. Several series have lost files at once, as where a "
        "disk of a pool is away. They count as unavailable and nothing of them is "
        "queued. If they were deleted on purpose, confirm the removal: press "
        '"They were removed on purpose" on the library page, or run manage.py rescan '
        "--accept-removals. Else bring the disk back and scan again.",
    ),
    "all_sources_failed": (
        {
            "tried": [
                {
                    "hoster": "voe",
                    "language": "German Dub",
                    "stage": "resolve",
                    "code": "hoster_file_gone",
                    "params": {"why": "empty_file"},
                },
                {
                    "hoster": "vidmoly",
                    "language": "German Sub",
                    "stage": "download",
                    "code": "live_stream",
                    "params": {"why": "endless"},
                },
            ]
        },
        "No source worked: VOE (German Dub), reading its player: The media file is empty; Vidmoly "
        "(German Sub), downloading: The stream has no end: it is live.",
    ),
    "sites_failed": (
        {
            "tried": [
                {
                    "provider": "friend",
                    "hoster": "",
                    "language": "",
                    "stage": "site",
                    "code": "site_down",
                    "params": {"why": "timed_out", "site": "Friend"},
                }
            ]
        },
        "No site brings it now: friend, asking the site: Friend cannot be reached: the connection "
        "timed out.",
    ),
    "told_download_complete": (
        {
            "series": "Moon",
            "key": "moon",
            "count": 14,
            "episodes": [{"season": 1, "episode": number} for number in range(1, 14)],
        },
        "14 episodes of Moon have arrived: S01E01, S01E02, S01E03, S01E04, S01E05, S01E06, S01E07, "
        "S01E08, S01E09, S01E10, S01E11, S01E12, and 2 more.",
    ),
    "told_new_episodes": (
        {"series": "Moon", "key": "moon", "count": 1, "episodes": [{"season": 0, "episode": 3}]},
        "Moon S00E03 is out.",
    ),
    "told_language_arrived": (
        {
            "series": "Moon",
            "key": "moon",
            "language": "German Dub",
            "count": 1,
            "episodes": [{"season": 2, "episode": 12}],
        },
        "Moon S02E12 is out in German Dub.",
    ),
    "queue_done": (
        {"completed": 2, "failed": 1},
        "The queue is done: 2 episodes downloaded, 1 failed.",
    ),
    "series.catalogue_renumbered": (
        {"count": 2, "name": "Moon"},
        "2 episodes of Moon have other numbers in the catalogue. Files and queue have followed.",
    ),
    "series.numbers_decided": (
        {"means": "AS_LISTED", "name": "Moon"},
        "The list of Moon was taken over: each number is the episode that it was.",
    ),
    "queue.renumbered": (
        {"count": 1, "name": "Moon"},
        "1 queued episode of Moon has another number in the catalogue.",
    ),
    "numbers_by_titles": (
        {"agree": 11, "known": 12},
        "11 of 12 titles in the names of files are those of the episodes.",
    ),
    "files_without_episode": (
        {"count": 2},
        "2 files of the series could not be assigned to any episode.",
    ),
    "name_read": (
        {
            "season": None,
            "episodes": [],
            "absolute": [4],
            "how": "placed_over_all_seasons",
            "numbers": [[1, 4]],
        },
        "Read as absolute number 4, counted over all seasons → S01E04.",
    ),
    "password_too_short": (
        {"min_length": 8},
        "This password is too short. It must contain at least 8 characters.",
    ),
    # Of what is fetched by itself.
    "follow_missing": ({"language": "German Dub"}, "It is missing, and out in German Dub."),
    "follow_better": (
        {"language": "German Dub"},
        "It is out in German Dub now, which is wanted more than what is there.",
    ),
    "follow_waits_for_better": (
        {
            "language": "German Sub",
            "until": "2026-03-15T12:00:00Z",
            "waits_for": ["German Dub", "unknown-7"],
        },
        "German Sub is taken on 15 Mar 2026, 12:00, if German Dub, another language (7) is not out "
        "before.",
    ),
    "follow_language_not_out": (
        {"waits_for": ["German Dub", "German Sub"]},
        "It is not out in a language that is wanted. It waits for: German Dub, German Sub.",
    ),
    "follow_better_not_out": (
        {"waits_for": ["German Dub"]},
        "It is on disk. It waits for a better language: German Dub.",
    ),
    "follow_budget": (
        {"until": "2026-03-15T00:00:00Z"},
        "As many were queued today as may be a day (setting). Its turn is on 15 Mar 2026, 00:00.",
    ),
    # Of the journal: what was done to so many.
    "queue.added": ({"count": 1}, "1 episode queued."),
    "queue.removed": ({"count": 2}, "2 episodes removed from the queue."),
    "queue.cleared": ({"count": 2}, "2 entries taken off the list."),
    "queue.restored": ({"count": 1}, "1 episode is back."),
    "queue.held": ({"count": 2}, "2 episodes held back."),
    "queue.exempted": (
        {"count": 1},
        "1 episode is fetched whatever quiet hours and budgets say.",
    ),
    "queue.bound": ({"count": 2}, "2 episodes wait for quiet hours and budgets again."),
    "queue.quiet_lifted": (
        {"until": "2027-01-04T22:00:00+00:00"},
        "Until 4 Jan 2027, 22:00 quiet hours and budgets do not count.",
    ),
    "queue.released": ({"count": 2}, "2 episodes released."),
    "queue.retried": ({"count": 1}, "1 episode is tried again."),
    "scan.ended": ({"state": "COMPLETED"}, "The scan is done."),
    "renaming.started": (
        {"back": None},
        "Renaming files to the naming template was started.",
    ),
    "renaming.ended": (
        {"state": "COMPLETED", "result": {"renamed": 2}},
        "The renaming is done. 2 files have another name.",
    ),
    "config.changed": (
        {"name": "", "id": "", "downloads.max_retries": 7, "library.bin_days": 3},
        "Settings were changed: Retries, Recycle bin.",
    ),
    "series.files_renamed": (
        {"name": "Frieren", "count": 2},
        "2 files of Frieren get the names that they are to have.",
    ),
    "series.files_deleted": (
        {"name": "Frieren", "count": 2, "bytes": 1_500_000_000, "days": 14},
        "2 files of Frieren go into the recycle bin (1.5 GB).",
    ),
    "series.file_replaced": (
        {"name": "Frieren", "file": "Frieren/Season 01/Frieren - S01E01.mkv"},
        "“Frieren - S01E01.mkv” of Frieren was replaced; the old file is in the bin.",
    ),
    "series.episodes_wanted": (
        {"name": "Frieren", "count": 2},
        "2 deleted episodes of Frieren are wanted again.",
    ),
    "series.episodes_unwanted": (
        {"name": "Frieren", "count": 1},
        "1 missing episode of Frieren is not wanted.",
    ),
    "bin.restored": ({"count": 1}, "1 file comes back from the recycle bin."),
    "bin.deleted": (
        {"count": 1, "bytes": 300_000_000},
        "1 file in the recycle bin was deleted for good (300 MB).",
    ),
    "bin.emptied": (
        {"count": 3, "bytes": 300_000_000},
        "3 files were long enough in the recycle bin and were deleted (300 MB).",
    ),
    "series.matched": (
        {"name": "Frieren", "folder": "Frieren (2023)"},
        "The folder “Frieren (2023)” belongs to Frieren now.",
    ),
}


def modules() -> Iterator[ModuleType]:
    for room in ROOMS:
        package = importlib.import_module(room)
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not found.name.endswith("__main__") and ".migrations" not in found.name:
                yield importlib.import_module(found.name)


MODULES = [module for module in modules() if module.__file__]


def below(kind: type[CodedError]) -> Iterator[type[CodedError]]:
    for one in kind.__subclasses__():
        if one.__module__.split(".")[0] in ROOMS:
            yield one
        yield from below(one)


ERRORS = sorted(set(below(CodedError)), key=lambda one: one.__qualname__)


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@dataclass(frozen=True)
class Made:
    """A place where an error is made: ``given`` are its keywords, ``why`` the literal of that."""

    kind: type[CodedError]
    where: str
    given: frozenset[str]
    whys: tuple[str, ...]
    has_words: bool


def made_in(module: ModuleType) -> Iterator[Made]:
    path = Path(str(module.__file__))
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            if kind := _error(module, ast.Name(node.name)):
                yield from (_made(kind, call, path, tree) for call in _own_calls(kind, node))
        elif isinstance(node, ast.Call) and (kind := _error(module, node.func)):
            if not _has_own_signature(kind):
                yield _made(kind, node, path, tree)
        elif isinstance(node, ast.Raise) and node.exc and (kind := _error(module, node.exc)):
            where = f"{path.relative_to(PROJECT)}:{node.lineno}"
            yield Made(kind, where, frozenset(), ("",), False)


def _error(module: ModuleType, name: ast.expr) -> type[CodedError] | None:
    found: Any = module
    for part in ast.unparse(name).split("."):
        found = getattr(found, part, None)
    is_one = inspect.isclass(found) and issubclass(found, CodedError)
    return found if is_one and found.__module__.split(".")[0] in ROOMS else None


def _has_own_signature(kind: type[CodedError]) -> bool:
    """Whether it takes facts by name and hands parameters on itself."""
    parameters = inspect.signature(kind.__init__).parameters.values()
    return not any(one.kind is one.VAR_KEYWORD for one in parameters)


def _own_calls(kind: type[CodedError], body: ast.ClassDef) -> Iterator[ast.Call]:
    """What the class hands on to its base, and what it makes of itself."""
    names = {"cls", "super().__init__"} if _has_own_signature(kind) else {"cls"}
    for node in ast.walk(body):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
            yield node


def _made(kind: type[CodedError], node: ast.Call, path: Path, tree: ast.Module) -> Made:
    named = {word.arg: word.value for word in node.keywords}
    why = named.get(WHY, ast.Constant(""))
    return Made(
        kind,
        f"{path.relative_to(PROJECT)}:{node.lineno}",
        frozenset(str(name) for name in named),
        tuple(_texts(why)) or tuple(_assigned(tree, node, why)),
        bool(node.args),
    )


def _texts(value: ast.expr) -> Iterator[str]:
    """The texts an expression may be: one that stands there, or one of two."""
    if isinstance(value, ast.Constant):
        yield str(value.value)
    elif isinstance(value, ast.IfExp):
        yield from (*_texts(value.body), *_texts(value.orelse))


def _assigned(tree: ast.Module, call: ast.Call, value: ast.expr) -> Iterator[str]:
    """Those that the function around a call gives to a name."""
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and node.lineno <= call.lineno <= (node.end_lineno or 0)
    ]
    for node in ast.walk(max(around, key=lambda one: one.lineno)) if around else ():
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == ast.unparse(value):
            yield from _texts(node.value)


PLACES = [made for module in MODULES for made in made_in(module)]


@dataclass(frozen=True)
class Said:
    """A place where something is said that is no error."""

    code: str
    where: str
    given: frozenset[str]
    why: str


# What is called, and which of its arguments is the code.
SAYING = {"coded": 0, "_flaw": 2}


def said_in(module: ModuleType) -> Iterator[Said]:
    """Where a code and its parameters stand in the call itself."""
    path = Path(str(module.__file__))
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        place = SAYING.get(ast.unparse(node.func).rpartition(".")[2])
        if place is None or len(node.args) <= place:
            continue
        code = _word(module, node.args[place])
        named = {word.arg: word.value for word in node.keywords}
        why = _word(module, named.get(WHY, ast.Constant("")))
        if code and why is not None and None not in named:
            where = f"{path.relative_to(PROJECT)}:{node.lineno}"
            yield Said(code, where, frozenset(map(str, named)), why)


def _word(module: ModuleType, value: ast.expr) -> str | None:
    """A text that stands there, or a constant of the module; None for what is known only later."""
    found = value.value if isinstance(value, ast.Constant) else None
    if isinstance(value, ast.Name):
        found = getattr(module, value.id, None)
    return found if isinstance(found, str) else None


SAYINGS = [said for module in MODULES for said in said_in(module)]


def test_the_walk_finds_what_is_raised() -> None:
    """A test over nothing would always pass."""
    assert len(PLACES) > 40
    assert {"accounts", "aniworld", "library"} <= {made.where.split("/")[0] for made in PLACES}


@pytest.mark.parametrize("made", PLACES, ids=lambda made: f"{made.where} {made.kind.__name__}")
def test_an_error_is_made_with_just_the_facts_its_sentence_names(made: Made) -> None:
    assert not made.has_words, "a sentence in place of parameters"
    file = made.where.partition(":")[0]
    whys = made.whys or CHOSEN.get(file, ())
    assert whys, "which sentence it is must be readable here"
    for why in whys:
        assert why in made.kind.texts, f"no such sentence: {why!r}"
        key = text_key(made.kind.code, {WHY: why})
        wanted = set(MADE[key][0]) if key in MADE else fields(made.kind.texts[why])
        assert made.given - _control(made.kind) - {WHY} == wanted


def _control(kind: type[CodedError]) -> set[str]:
    """What the constructor that takes parameters takes by name beside them."""
    takes = next(one for one in kind.__mro__ if not _has_own_signature(one))
    return set(inspect.signature(takes).parameters) - {"params"}


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_sentence_of_an_error_is_registered(kind: type[CodedError]) -> None:
    for why, template in kind.texts.items():
        key = text_key(kind.code, {WHY: why})
        assert key in texts._texts
        assert key in MADE or texts._texts[key] == template, f"{key} has two sentences"


@pytest.mark.parametrize("said", SAYINGS, ids=lambda said: f"{said.where} {said.code}")
def test_what_is_said_has_its_sentence_and_gives_just_the_facts_of_it(said: Said) -> None:
    key = text_key(said.code, {WHY: said.why})
    assert key in texts._texts, f"no such sentence: {key}"
    wanted = set(MADE[key][0]) if key in MADE else fields(str(texts._texts[key]))
    assert said.given - {WHY} == wanted


def test_the_walk_finds_what_is_said() -> None:
    assert {
        "library/scanner/entries.py",
        "library/matching/scores.py",
        "library/services/evidence.py",
    } <= {said.where.partition(":")[0] for said in SAYINGS}


@pytest.mark.parametrize("module", [problems, numbering], ids=lambda module: module.__name__)
def test_codes_that_stand_as_constants_have_a_sentence(module: ModuleType) -> None:
    """Those of the name reader, and of the steps that lead to an episode."""
    constants = {
        value for name, value in vars(module).items() if name.isupper() and isinstance(value, str)
    }
    codes = {value for value in constants if value.startswith(("name_", "placed_"))}
    assert codes
    assert codes <= texts._texts.keys()


def test_every_sentence_that_a_function_makes_is_shown_here() -> None:
    assert {key for key, text in texts._texts.items() if callable(text)} == set(MADE)


@pytest.mark.parametrize("key", MADE)
def test_a_function_makes_its_sentence(key: str) -> None:
    params, sentence = MADE[key]
    code, _, why = key.partition(".")
    assert texts.text(code, {**params, **({WHY: why} if why else {})}) == sentence


@pytest.mark.parametrize(
    ("key", "template"),
    [(key, text) for key, text in texts._texts.items() if isinstance(text, str)],
    ids=lambda value: value.split(" ")[0],
)
def test_a_template_can_be_filled(key: str, template: str) -> None:
    plain = template.replace("{{", "").replace("}}", "")  # braces that are shown
    filled = plain.format_map({name: f"<{name}>" for name in fields(template)})
    assert "{" not in filled
    assert key == key.lower() or key.startswith("errno.")
