"""Numbers become shapes that lie inside their drawing."""

from __future__ import annotations

import random

import pytest

from aniworld.pages.statistics import drawing
from aniworld.pages.statistics.charts import change, count, share, size
from aniworld.pages.statistics.drawing import Scale


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([], Scale(0, 2)),
        ([0], Scale(0, 2)),
        ([1], Scale(0, 2)),
        ([3], Scale(0, 4)),
        ([22], Scale(0, 24)),
        ([0, 100], Scale(0, 100)),
        ([54_934_582_024_367], Scale(0, 60_000_000_000_000)),
    ],
)
def test_bars_begin_at_nothing_and_end_at_a_round_number(values: list[float], scale: Scale) -> None:
    assert drawing.from_zero(values) == scale


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([0, 10], Scale(0, 10)),
        ([70_000, 70_300], Scale(70_000, 70_400)),
        ([200, 201, 203], Scale(200, 204)),
        ([5, 5], Scale(0, 6)),
        ([0, 0], Scale(0, 2)),
    ],
)
def test_lines_of_values_near_each_other_are_drawn_around_them(
    values: list[float], scale: Scale
) -> None:
    assert drawing.around(values) == scale


def test_no_value_lies_outside_its_scale() -> None:
    dice = random.Random(7)
    for _ in range(2_000):
        least = dice.randint(0, 10 ** dice.randint(0, 14))
        values = [least + dice.randint(0, 10 ** dice.randint(0, 14)) for _ in range(3)]
        for scale in (drawing.around(values), drawing.from_zero(values)):
            assert all(-1e-6 <= scale.height(one) <= 100 + 1e-6 for one in values), values
            assert scale.low == int(scale.low)
            assert scale.high == int(scale.high)


def test_bars_stand_on_what_is_below_them_and_nothing_is_no_bar() -> None:
    assert drawing.bars([(0, 50), (0, 0), (25, 12.5)]) == (
        "M1 100.0v-50.0h8v50.0zM21 75.0v-12.5h8v12.5z"
    )


def test_a_line_begins_at_the_step_of_its_first_value() -> None:
    assert drawing.line([0, 100], start=3) == "M35 100.0L45 0.0"
    assert drawing.area([0, 100], start=3) == "M35 100.0L45 0.0L45 100L35 100z"
    assert drawing.line([50], start=0) == "M5 50.0"


def test_figures_are_written_as_people_read_them() -> None:
    assert (count(12_345), count(0)) == ("12,345", "0")
    assert (size(0), size(734e6), size(1.46e12)) == ("0", "734 MB", "1.5 TB")
    assert [share(one) for one in (0, 0.001, 28.47, 99.99, 100)] == [
        *("0 %", "0.1 %", "28.5 %", "99.9 %", "100 %"),
    ]
    assert [change(one, count) for one in (1200, 0, -3)] == ["+1,200", "", "−3"]
