"""What numbering may be meant, from the numbers and titles that are at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pytest

from library.choices import Confidence, NumberingCase
from library.names import read
from library.services.numbering import Number, Numbering, Range
from library.services.numbering_guesses import Seen, Sight
from library.services.numbering_review import Suggestion, TitleFinder, review
from library.services.remapped import Named

WORDS = (
    *("Departure", "River", "Lantern", "Harvest", "Masks", "Winter", "Ashes", "Mirror"),
    *("Orchard", "Tide", "Signal", "Embers", "Compass", "Feather", "Harbour", "Thunder"),
    *("Garden", "Letters", "Silence", "Comet", "Marble", "Violin", "Shadow", "Dawn", "Return"),
)


def listed(seasons: Mapping[int, int]) -> list[Number]:
    return [(s, n) for s, count in seasons.items() for n in range(1, count + 1)]


def titles(numbers: Iterable[Number]) -> dict[Number, Sequence[str]]:
    return dict(zip(numbers, ([f"The {word}"] for word in WORDS), strict=False))


def sight(
    numbers: Sequence[Number],
    names: Iterable[str],
    *,
    told: Mapping[Number, Sequence[str]] | None = None,
    ranges: Sequence[Range] = (),
) -> Sight:
    """Of files whose names the reader reads, in the folder of a series called Show."""
    finder = TitleFinder((told or {}).items(), ("Show",))
    files = []
    for pk, name in enumerate(names):
        found = read(f"Show/{name}.mkv")
        named = Named(found.season, tuple(found.episodes), tuple(found.absolute))
        files.append(Seen(pk, f"Show/{name}.mkv", named, finder.find(f"Show/{name}.mkv")))
    return Sight(numbers, files, ranges)


def names(season: int | None, numbers: Iterable[int]) -> list[str]:
    if season is None:
        return [f"[Group] Show - {n:02} [1080p]" for n in numbers]
    return [f"Season {season}/Show - S{season:02}E{n:02}" for n in numbers]


def only(found: Sequence[Suggestion]) -> Suggestion:
    (suggestion,) = found
    return suggestion


def told(suggestion: Suggestion) -> list[str]:
    return [str(one) for one in suggestion.ranges]


CASES = [
    pytest.param(
        {1: 12, 2: 12},
        names(1, range(1, 25)),
        NumberingCase.SPLIT_COUR,
        ["season 1, 13 to 24 → season 2 from 1"],
        Confidence.COUNTS,
        id="split cour",
    ),
    pytest.param(
        {1: 12, 2: 12},
        names(1, range(10, 16)),
        NumberingCase.SPLIT_COUR,
        ["season 1, 13 to 24 → season 2 from 1"],
        Confidence.FITS,
        id="split cour, some of it there",
    ),
    pytest.param(
        {1: 12, 2: 12},
        names(1, range(13, 25)),
        NumberingCase.SPLIT_COUR,
        ["season 1, 13 to 24 → season 2 from 1"],
        Confidence.COUNTS,
        id="split cour, of which the second is there alone",
    ),
    pytest.param(
        {1: 12, 2: 12, 3: 13},
        names(1, range(1, 30)),
        NumberingCase.SPLIT_COUR,
        ["season 1, 13 to 24 → season 2 from 1", "season 1, 25 to 37 → season 3 from 1"],
        Confidence.FITS,
        id="split in three",
    ),
    pytest.param(
        {1: 24},
        [*names(1, range(1, 13)), *names(2, range(1, 13))],
        NumberingCase.JOINED,
        ["season 2, 1 to 12 → season 1 from 13"],
        Confidence.COUNTS,
        id="joined",
    ),
    pytest.param(
        {1: 24},
        [*names(1, range(1, 13)), *names(2, range(1, 4))],
        NumberingCase.JOINED,
        ["season 2, 1 to 12 → season 1 from 13"],
        Confidence.FITS,
        id="joined, the second half not yet there",
    ),
    pytest.param(
        {1: 24},
        [*names(1, range(1, 13)), *names(2, range(13, 25))],
        NumberingCase.JOINED,
        ["season 2, 13 to 24 → season 1 from 13"],
        Confidence.COUNTS,
        id="joined, counted on",
    ),
    pytest.param(
        {1: 24, 2: 12},
        [*names(1, range(1, 13)), *names(2, range(1, 13)), *names(3, range(1, 13))],
        NumberingCase.JOINED,
        ["season 2, 1 to 12 → season 1 from 13", "season 3, 1 to 12 → season 2 from 1"],
        Confidence.COUNTS,
        id="cut otherwise",
    ),
    pytest.param(
        {1: 12},
        names(None, range(13, 25)),
        NumberingCase.COUNTED_ON,
        ["absolute 13 to 24 → season 1 from 1"],
        Confidence.COUNTS,
        id="a sequel of its own, counted over all",
    ),
    pytest.param(
        {1: 12},
        names(None, range(13, 17)),
        NumberingCase.COUNTED_ON,
        ["absolute 13 to 24 → season 1 from 1"],
        Confidence.FITS,
        id="the same, some of it there",
    ),
    pytest.param(
        {1: 13, 2: 12},
        names(2, range(13, 25)),
        NumberingCase.COUNTED_ON,
        ["season 2, 13 to 24 → season 2 from 1"],
        Confidence.COUNTS,
        id="season 2 counts on from less than listed",
    ),
    pytest.param(
        {1: 12},
        names(2, range(1, 13)),
        NumberingCase.COUNTED_ON,
        ["season 2, 1 to 12 → season 1 from 1"],
        Confidence.COUNTS,
        id="a season with a catalogue of its own",
    ),
    pytest.param(
        {0: 2, 1: 12},
        names(1, range(1, 15)),
        NumberingCase.SPECIALS,
        ["season 1, 13 to 14 → season 0 from 1"],
        Confidence.COUNTS,
        id="specials counted behind the last",
    ),
]


@pytest.mark.parametrize(("seasons", "files", "case", "ranges", "confidence"), CASES)
def test_each_case_is_told_with_its_ranges(
    seasons: Mapping[int, int],
    files: Sequence[str],
    case: NumberingCase,
    ranges: Sequence[str],
    confidence: Confidence,
) -> None:
    seen = sight(listed(seasons), files)
    found = only(review(seen))
    assert (found.case, told(found), found.confidence) == (case, ranges, confidence)
    # Applied, each file has its episode, and nothing more is suggested.
    after = Sight(seen.listed, seen.files, found.ranges)
    assert not [one for one in after.files if after.is_astray(one)]
    assert review(after) == []


def test_a_number_the_catalogue_leaves_out_is_closed_in_order() -> None:
    numbers = [(1, n) for n in range(1, 14) if n != 7]
    found = only(review(sight(numbers, names(1, range(1, 13)))))
    assert found.case == NumberingCase.SPECIALS
    assert told(found) == ["season 1, 7 to 12 → season 1 from 8"]
    assert found.confidence == Confidence.COUNTS
    gap = only(review(sight(listed({1: 12}), names(1, [*range(1, 7), *range(8, 14)]))))
    assert told(gap) == ["season 1, 8 to 13 → season 1 from 7"]


def test_titles_tell_a_recap_among_the_files() -> None:
    """E07 is a recap: from there on each file is one further than its episode."""
    numbers = listed({1: 12})
    known = titles(numbers)
    files = [f"Show - S01E{n:02} - {known[1, n][0]}" for n in range(1, 7)]
    files += ["Show - S01E07 - What happened so far"]
    files += [f"Show - S01E{n + 1:02} - {known[1, n][0]}" for n in range(7, 13)]
    found = only(review(sight(numbers, files, told=known)))
    assert found.case == NumberingCase.SPECIALS
    assert told(found) == ["season 1, 7 to 7 → no episode", "season 1, 8 to 13 → season 1 from 7"]
    assert (found.confidence, found.agree, found.known) == (Confidence.TITLES, 6, 6)


def test_titles_tell_a_special_that_the_catalogue_has_elsewhere() -> None:
    numbers = listed({0: 1, 1: 12})
    known = titles(numbers)
    order = [*[(1, n) for n in range(1, 7)], (0, 1), *[(1, n) for n in range(7, 13)]]
    files = [f"Show - S01E{n:02} - {known[to][0]}" for n, to in enumerate(order, 1)]
    found = only(review(sight(numbers, files, told=known)))
    assert told(found) == [
        "season 1, 7 to 7 → season 0 from 1",
        "season 1, 8 to 13 → season 1 from 7",
    ]


def test_titles_tell_a_shift_though_every_number_is_listed() -> None:
    """The catalogue counts a recap (7) that the files leave out."""
    numbers = listed({1: 13})
    known = titles(numbers)
    files = [f"Show - S01E{n:02} - {known[1, n][0]}" for n in range(1, 7)]
    files += [f"Show - S01E{n:02} - {known[1, n + 1][0]}" for n in range(7, 13)]
    found = only(review(sight(numbers, files, told=known)))
    assert told(found) == ["season 1, 7 to 12 → season 1 from 8"]
    assert found.confidence == Confidence.TITLES


def test_a_recap_before_the_first_is_set_aside() -> None:
    numbers = listed({1: 6})
    known = titles(numbers)
    files = ["Show - S01E01 - Once"]
    files += [f"Show - S01E{n + 1:02} - {known[1, n][0]}" for n in range(1, 7)]
    found = only(review(sight(numbers, files, told=known)))
    assert told(found) == ["season 1, 1 to 1 → no episode", "season 1, 2 to 7 → season 1 from 1"]


def test_titles_lead_what_counts_cannot() -> None:
    """Half of each season is there: only titles say where season 2 begins."""
    numbers = listed({1: 25})
    known = titles(numbers)
    files = names(1, range(1, 5))
    files += [f"Show - S02E{n:02} - {known[1, n + 11][0]}" for n in (1, 2, 5)]
    found = only(review(sight(numbers, files, told=known)))
    assert found.case == NumberingCase.JOINED
    assert told(found) == ["season 2, 1 to 14 → season 1 from 12"]


@pytest.mark.parametrize(
    ("seasons", "files"),
    [
        ({1: 12, 2: 12}, [*names(1, range(1, 13)), *names(2, range(1, 13))]),
        ({1: 12, 2: 12}, names(None, range(1, 25))),
        ({1: 12, 2: 12}, names(2, range(13, 25))),  # counted on, and placed so already
        ({1: 12, 2: 12}, [*names(1, range(1, 25)), *names(2, range(1, 13))]),  # taken
        ({1: 12, 2: 12}, names(1, range(1, 38))),  # more than there are
        ({1: 12}, names(1, range(1, 14))),  # nothing that the last could be
        ({1: 24}, [*names(1, range(1, 6)), *names(2, range(1, 4))]),  # where would it begin?
        ({0: 3, 1: 12}, names(1, range(1, 14))),  # which of the three?
        ({1: 24}, [*names(1, range(1, 13)), *names(2, range(1, 14))]),  # one too many
        (
            {1: 24},
            [*names(1, range(1, 13)), *names(2, range(1, 12)), "Show - S02E12-E13"],
        ),
        ({}, names(1, range(1, 5))),
        ({1: 12}, []),
    ],
)
def test_nothing_is_said_of_what_fits_or_cannot_be_told(
    seasons: Mapping[int, int], files: Sequence[str]
) -> None:
    assert review(sight(listed(seasons), files)) == []


def test_titles_that_contradict_silence_what_counts_would_say() -> None:
    numbers = listed({1: 12, 2: 12})
    known = titles(numbers)
    files = [f"Show - S01E{n:02} - The Lantern" for n in range(13, 25)]
    assert review(sight(numbers, [*names(1, range(1, 13)), *files])) != []
    assert review(sight(numbers, [*names(1, range(1, 13)), *files], told=known)) == []


def test_numbers_that_fall_apart_are_no_numbering() -> None:
    assert review(sight([(1, n) for n in range(1, 24, 2)], names(1, range(1, 13)))) == []


@pytest.mark.parametrize("order", [(5, 1), (1, None, None, None, 4)])
def test_titles_that_make_no_order_tell_nothing(order: Sequence[int | None]) -> None:
    """The second: three files stand where two episodes are, and nobody knows which is none."""
    numbers = listed({1: 6})
    known = titles(numbers)
    files = [
        f"Show - S01E{n:02}" + (f" - {known[1, to][0]}" if to else "")
        for n, to in enumerate(order, 1)
    ]
    assert review(sight(numbers, files, told=known)) == []


def test_a_file_that_would_be_an_unlisted_episode_speaks_against_it() -> None:
    numbers = listed({1: 6})
    known = titles(numbers)
    files = [f"Show - S01E{n:02} - {known[1, n - 1][0]}" for n in range(2, 7)]
    assert review(sight(numbers, files, told=known)) != []
    assert review(sight(numbers, [*files, "Show - S01E07-E08"], told=known)) == []


def test_a_file_of_two_episodes_stands_beside_one_of_them() -> None:
    files = [*names(1, range(1, 13)), "Show - S01E12-E13", *names(1, range(14, 25))]
    found = only(review(sight(listed({1: 12, 2: 12}), [*files, "Show - S01E13"])))
    assert told(found) == ["season 1, 13 to 24 → season 2 from 1"]


def test_what_the_owner_has_said_is_not_doubted() -> None:
    own = [Range(1, 13, 24, 1, 1)]
    parts = [Range(1, 19, 24, 1, 7), Range(1, 13, 18, 1, 1), Range(None, 1, 2, 1, 1)]
    assert review(sight(listed({1: 12, 2: 12}), names(1, range(13, 25)), ranges=parts)) == []
    some = [Range(1, 30, 30, 1, 1)]
    assert review(sight(listed({1: 12, 2: 12}), names(1, range(13, 25)), ranges=some)) != []
    assert review(sight(listed({1: 12, 2: 12}), names(1, range(13, 25)), ranges=own)) == []


def test_a_mark_lasts_while_the_same_is_seen() -> None:
    one = only(review(sight(listed({1: 12, 2: 12}), names(1, range(1, 15)))))
    more = only(review(sight(listed({1: 12, 2: 12}), names(1, range(1, 16)))))
    all_there = only(review(sight(listed({1: 12, 2: 12}), names(1, range(1, 25)))))
    longer = only(review(sight(listed({1: 12, 2: 13}), names(1, range(1, 16)))))
    assert one.mark == more.mark
    assert len({one.mark, all_there.mark, longer.mark}) == 3


def test_titles_are_found_in_names_of_any_kind() -> None:
    known = {
        (1, 1): ["The River"],
        (1, 2): ["Show"],
        (1, 3): ["Episode 3"],
        (1, 4): ["Masks"],
        (1, 5): ["Masks"],
        (1, 6): ["The River of Ashes", "Aschefluss"],
    }
    finder = TitleFinder(known.items(), ("Show",))
    found = {
        "Show/Show - S01E01 - The River [1080p].mkv": (1, 1),
        "Show/Show.S01E06.The.River.Of.Ashes.1080p.x264-GRP.mkv": (1, 6),
        "Show/[Group] Show - 06 - Aschefluss.mkv": (1, 6),
        "Show/Show - S01E02 - Show.mkv": None,
        "Show/Show - S01E03 - Episode 3.mkv": None,
        "Show/Show - S01E04 - Masks.mkv": None,  # two have that title
        "Show/The River/Show - S01E04.mkv": None,  # that is a folder
    }
    assert {path: finder.find(path) for path in found} == found


def test_a_large_series_is_gone_through_as_often_as_it_has_files() -> None:
    """No file is compared with every episode: the work is counted, not timed."""
    known: dict[Number, Sequence[str]] = {
        number: [f"The {number[1]} Lanterns of {number[0]}"] for number in listed({1: 2000, 2: 500})
    }
    placed = 0
    whole = sight(list(known), names(1, range(1, 2501)), told=known)
    real = Numbering.place

    def counted(*arguments: object) -> object:
        nonlocal placed
        placed += 1
        return real(*arguments)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Numbering, "place", counted)
        found = only(review(whole))
    assert told(found) == ["season 1, 2001 to 2500 → season 2 from 1"]
    assert placed < 6 * 2500
