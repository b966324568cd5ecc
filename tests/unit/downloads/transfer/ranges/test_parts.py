"""Who fetches which bytes."""

from __future__ import annotations

import pytest

from downloads.transfer.ranges.parts import LARGEST, SMALLEST, Part, Parts, gaps, joined

MB = 1 << 20


class Clock:
    """A clock that is set by hand."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def taken(parts: Parts, rate: float = 0.0) -> Part:
    part = parts.take(rate)
    assert part is not None
    return part


@pytest.mark.parametrize(
    ("spans", "found"),
    [
        ([], []),
        ([(5, 5)], []),
        ([(5, 9), (0, 5)], [(0, 9)]),
        ([(0, 9), (2, 3), (11, 12), (8, 10)], [(0, 10), (11, 12)]),
    ],
)
def test_spans_that_touch_are_one(
    spans: list[tuple[int, int]], found: list[tuple[int, int]]
) -> None:
    assert joined(spans) == found


@pytest.mark.parametrize(
    ("held", "missing"),
    [
        ([], [(0, 100)]),
        ([(0, 100)], []),
        ([(0, 10), (20, 30)], [(10, 20), (30, 100)]),
        ([(5, 100)], [(0, 5)]),
        ([(0, 500)], []),
    ],
)
def test_what_is_between_is_missing(
    held: list[tuple[int, int]], missing: list[tuple[int, int]]
) -> None:
    assert gaps(held, 100) == missing


@pytest.mark.parametrize("total", [1, SMALLEST, 5 * SMALLEST + 1, 100 * MB + 7, 2_000 * MB])
@pytest.mark.parametrize("threads", [1, 8])
def test_parts_are_all_of_it_and_each_once(total: int, threads: int) -> None:
    parts, at, sizes = Parts([(0, total)], threads), 0, []
    while at < total:
        part = taken(parts)
        assert part.begin == at
        sizes.append(part.left)
        at = part.end
        assert parts.advance(part, part.left) == sizes[-1]
        parts.leave(part)
    assert parts.take() is None
    assert max(sizes) <= max(LARGEST + SMALLEST, total // (2 * threads))
    assert min(sizes) >= min(SMALLEST, total)
    assert sizes[-1] < 2 * SMALLEST


def test_gaps_are_filled_in_their_order() -> None:
    parts = Parts([(5, 9), (20 * MB, 21 * MB)], 4)
    assert [(one.begin, one.end) for one in (taken(parts), taken(parts))] == [
        (5, 9),
        (20 * MB, 21 * MB),
    ]


def test_who_is_through_takes_a_share_of_the_slowest() -> None:
    clock = Clock()
    parts = Parts([(0, 2 * MB)], 2, clock=clock)
    slow, other = taken(parts), taken(parts)
    clock.now += 2
    parts.advance(slow, MB // 4)
    parts.advance(other, MB)
    rate = parts.leave(other)
    assert rate == MB / 2
    share = taken(parts, rate)  # four times as fast: four fifths
    assert (slow.end, share.begin, share.end) == (share.begin, slow.end, MB)
    assert share.left == pytest.approx(0.6 * MB, abs=2)
    assert parts.advance(slow, MB) == slow.end - MB // 4
    parts.advance(share, share.left)
    parts.wait()


def test_who_is_quick_or_has_just_begun_is_left_alone() -> None:
    clock = Clock()
    parts = Parts([(0, MB)], 2, clock=clock)
    one = taken(parts)
    clock.now += 0.5
    assert parts._share(1e9) is None
    clock.now += 0.5
    parts.advance(one, MB // 2 + 1)
    assert parts._share(1e9) is None  # it needs no second more


def test_little_that_hangs_goes_to_somebody_faster() -> None:
    clock = Clock()
    parts = Parts([(0, MB)], 2, clock=clock)
    hangs = taken(parts)
    parts.advance(hangs, MB - 10)
    clock.now += 5
    assert parts._share(0.0) is None  # who has fetched nothing may not be faster
    rest = parts._share(1_000.0)
    assert rest is not None
    assert (rest.begin, rest.end, hangs.left) == (MB - 10, MB, 0)
    assert parts.advance(hangs, 5) == 0


def test_nothing_is_handed_out_after_the_end() -> None:
    parts = Parts([(0, MB)], 2)
    parts.end()
    assert parts.take() is None
    parts.wait()
