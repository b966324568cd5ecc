"""What the table of names cannot say: reasons, JSON, limits, and that the docs keep up."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest

from library.names import NameReading, problems, read
from library.names.alone import BARE, BRACKET_WORD, DATE, LATE, WORDED
from library.names.folders import MAX_NAME
from library.names.joint import JOINT
from library.names.markers import SEASONS
from library.names.reader import MAX_LENGTH
from tests.unit.library.names.table import names, nothing

RULES = [form.name for form in JOINT]
RULES += [form.name for form in (*BRACKET_WORD, *WORDED, DATE, *BARE, *LATE)]

DOCS = Path(__file__).parents[4] / "docs" / "names.md"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Amber Tide - 05.5 [1080p].mkv", problems.DECIMAL),
        ("Amber Tide S01E05.5.mkv", problems.DECIMAL),
        ("Amber Tide - 2014-10-31 - Guest.mkv", problems.DATE),
        ("[Lunaris] Amber Tide NCOP1 [BD].mkv", problems.OPENING),
        ("[Lunaris] Amber Tide - Vol.1 [BD].mkv", problems.VOLUME),
        ("45a55debe3856da318cc35882ad07e43cd32fe20.mkv", problems.RANDOM),
        ("Amber Tide S01 [1080p].mkv", problems.SEASON_ONLY),
        ("Amber Tide S01-S03 [1080p]", problems.SEVERAL_SEASONS),
        ("Amber Tide/Filme/Der Film.mkv", problems.FILM),
        ("Amber Tide.mkv", problems.NO_NUMBER),
        ("x" * (MAX_LENGTH + 1), problems.TOO_LONG),
        ("Amber Tide S01E05 " + "x" * MAX_NAME, problems.TOO_LONG),
        ("", problems.NO_NUMBER),
        ("Amber Tide/Openings/Amber Tide - 02.mkv", problems.EXTRA),
        ("Amber Tide/Season 1/BDMV/STREAM/00002.m2ts", problems.DISC),
        ("Amber Tide/VTS_01_1.VOB", problems.DISC),
    ],
)
def test_an_unread_name_says_why(name: str, reason: str) -> None:
    reading = read(name)
    assert reading.problem == reason
    assert not reading.episodes
    assert not reading.absolute


def test_a_decimal_is_a_special_and_no_episode() -> None:
    reading = read("[Lunaris] Amber Tide - 10.5 [720p].mkv")
    assert reading.special
    assert reading.title == "Amber Tide"


def test_a_date_gives_its_year() -> None:
    assert read("Amber.Tide.2014.10.31.HDTV.XviD-GRP.avi").year == 2014


def test_json_has_exactly_the_promised_keys_in_order() -> None:
    reading = read("[Lunaris] Amber Tide (2013) S2 - 05v2 [German Dub].mkv")
    assert json.loads(json.dumps(reading.as_json())) == {
        "season": 2,
        "episodes": [5],
        "absolute": [],
        "title": "Amber Tide",
        "year": 2013,
        "special": False,
        "version": 2,
        "group": "Lunaris",
        "language": "German Dub",
    }


def test_a_reading_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        read("Amber Tide S01E05.mkv").season = 2  # type: ignore[misc]


def test_a_name_gives_the_same_with_and_without_extension() -> None:
    for case in names():
        stem, dot, extension = case.name.rpartition(".")
        if dot and extension in {"mkv", "mp4", "avi"}:
            assert read(stem) == read(case.name), case.name


def test_letter_case_does_not_change_the_numbers() -> None:
    for case in names():
        for spelled in (case.name.upper(), case.name.lower()):
            reading = read(spelled)
            assert (reading.season, reading.episodes, reading.absolute) == (
                case.season,
                case.episodes,
                case.absolute,
            ), spelled


@pytest.mark.parametrize(
    "tag", ["[E50EE647]", "(1E05E123)", " [0E1201E1]", " (BD 1920x1080 FLAC 5.1)"]
)
def test_a_checksum_or_tag_behind_a_release_changes_nothing(tag: str) -> None:
    for case in names():
        stem, dot, extension = case.name.rpartition(".")
        if dot and extension in {"mkv", "mp4", "avi"} and stem.startswith("["):
            reading = read(f"{stem}{tag}.{extension}")
            assert (reading.season, reading.episodes, reading.absolute) == (
                case.season,
                case.episodes,
                case.absolute,
            ), case.name


def test_any_mangled_name_is_answered() -> None:
    dice = random.Random(11)
    source = [case.name for case in names()] + nothing()
    for _ in range(3000):
        one, two = dice.choice(source), dice.choice(source)
        mangled = list(one[: dice.randrange(len(one) + 1)] + two[dice.randrange(len(two)) :])
        dice.shuffle(mangled) if dice.random() < 0.2 else None
        reading = read("".join(mangled))
        assert isinstance(reading, NameReading)
        assert bool(reading.problem) == (not reading.episodes and not reading.absolute)


@pytest.mark.parametrize(
    "part",
    [
        "a ",
        "1-",
        "[(",
        "S01E01",
        "05 ",
        "E01",
        "x",
        "0",
        "- ",
        "1x01",
        ".",
        "1.1",
        "[5]",
        "_",
        "第",
        "ep ",
    ],
)
def test_repetition_does_not_stall_the_reader(part: str) -> None:
    read((part * MAX_NAME)[:MAX_NAME])
    read((part * MAX_LENGTH)[:MAX_LENGTH])
    read(((part * MAX_NAME)[: MAX_NAME - 1] + "/") * 7 + "05.mkv")


ODD = (
    *(
        "[sp]",
        "[menu][",
        "[pv ",
        "[op][0",
        "[special] [",
        "s 2 ",
        "s. 2 ep",
        "الموسم 2 ",
        "الحلقة ",
    ),
    *(
        "trailer ",
        "preview ep ",
        "[720]",
        "(1080) ",
        "- 05 - ",
        "12 ",
        "12-",
        "title-12-",
        "q 12 a ",
    ),
    *("episode 2/", "op & ed/", "bdmv/", "05 - a/", "title 02/", "01-12/", "part 1/", "x265/"),
    *("special 7 ", "[g][", "(a) ", "season 1.5 ", "第3", "e0", "2nd cour ", ".hack "),
)


@pytest.mark.parametrize("part", ODD)
def test_reading_grows_with_the_input_and_no_faster(part: str) -> None:
    """Four times as long may take somewhat more than four times: no more than a hundredfold, where
    a pattern that goes back over all of it would take many thousand times."""

    def seconds(length: int) -> float:
        folder = (part * length)[: length // 2].strip("/")
        names = (
            (part * length)[:length],
            f"{folder}/{folder} 05",
            f"Title/{part * 3}{'a' * length}",
        )
        begun = time.process_time()
        for name in names:
            read(name)
        return time.process_time() - begun

    assert MAX_LENGTH > 4000
    seconds(250)
    short = min(seconds(250) for _ in range(3))
    long = min(seconds(1000) for _ in range(3))
    assert long < max(100 * short, 0.05)
    assert min(seconds(4000) for _ in range(2)) < 0.5


def test_every_rule_is_in_the_docs() -> None:
    text = DOCS.read_text(encoding="utf-8")
    rules = [
        *RULES,
        *(name for name, _ in SEASONS),
        "release folder",
        "episode folder",
        "reversed name",
    ]
    missing = [rule for rule in rules if f"`{rule}`" not in text]
    assert not missing
    assert len(rules) == len(set(rules))


def test_every_rule_reads_some_line_of_the_table() -> None:
    used = {read(name).rule for name in [case.name for case in names()] + nothing()}
    assert set(RULES) - used == set()


_DISC_WORDS = """
NCOP|NCED|OPED|OP|ED|Opening|Ending|Preview|Teaser|Trailer|PV|CM|CM Collection|Menu|Promo|BD Menu
Promotional Video|Music Video|Character Video|Commercial|Ad|Interview|IV|Logo|MV|Spot|Event|DVD CM
Picture Drama|Making|Making of|Karaoke|AMV|Blooper|Outtake|Gag Reel|Commentary|Digest|Talk|Radio
Tokuten|Sample|Credit|Info|Bonus Disc|Theme Song|Web Preview|TV Spot|Cast Interview|Stage Event
Next Preview|Special Menu|Clean Opening|Textless Ending|Non-credit OP|予告|次回予告|映像特典|菜单
访谈|宣番|メニュー|インタビュー|オープニング|エンディング|ノンクレジットOP
"""


@pytest.mark.parametrize("word", _DISC_WORDS.replace("\n", "|").strip("|").split("|"))
def test_what_a_disc_holds_is_no_episode_behind_the_title_and_in_a_folder(word: str) -> None:
    for path in (f"Copper Bay - {word} 02.mkv", f"{word}/02.mkv", f"Copper Bay - {word}s/02.mkv"):
        reading = read(f"Copper Bay/{path}")
        assert (reading.episodes, reading.absolute) == ((), ()), path
        assert reading.problem, path
