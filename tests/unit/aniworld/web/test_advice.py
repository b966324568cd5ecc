"""Whatever comes between a site and the library has an advice, the same wherever it is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aniworld.sites.advice import ADVICE as OF_SITES
from aniworld.system.findings import Finding
from aniworld.system.kinds import KINDS
from aniworld.web.advice import advice_of, explained
from downloads.advice import ADVICE as OF_DOWNLOADS
from downloads.errors import PlaceError
from downloads.transfer.errors import TransferError
from providers.coded import CodedError, coded
from providers.errors import ProviderError

PAGE = Path(__file__).resolve().parents[4] / "docs/errors.md"


def below(kind: type[CodedError]) -> Iterator[type[CodedError]]:
    yield kind
    for one in kind.__subclasses__():
        yield from below(one)


@pytest.mark.parametrize("base", [ProviderError, TransferError, PlaceError])
def test_every_error_between_a_site_and_the_library_has_an_advice(base: type[CodedError]) -> None:
    codes = {kind.code for kind in below(base)}
    assert codes <= {*OF_SITES, *OF_DOWNLOADS}


def test_no_advice_is_of_a_sentence_that_nobody_says() -> None:
    said = CodedError.all_texts().keys()
    codes = {kind.code for kind in below(CodedError)}
    for key in (*OF_SITES, *OF_DOWNLOADS):
        assert key in (said if "." in key else codes), key


def test_one_sentence_of_a_code_may_have_its_own() -> None:
    assert "clock" in advice_of(coded("site_down", why="certificate"))
    assert "browser" in advice_of(coded("site_down", why="timed_out"))
    assert advice_of(coded("solar_flare")) == advice_of(None) == ""


def test_a_repair_says_what_can_be_done_about_its_reason() -> None:
    reason = coded("markup_changed", page="series", missing="a title")
    found = Finding(KINDS["site_refuses"], coded("site_refuses", site="x", reason=reason))
    assert found.mend == "Update Aniworld: until then it cannot be read."
    other = coded("site_refuses", site="x", reason=coded("solar_flare"))
    assert Finding(KINDS["site_refuses"], other).mend == KINDS["site_refuses"].mend


def row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "&#124;") for cell in cells) + " |"


def test_the_documentation_has_the_same_list() -> None:
    lines = [row("code", "what is said", "what can be done"), "|---|---|---|"]
    for one in explained():
        lines.append(
            row(f"`{one.code}`" + (f" {one.why}" if one.why else ""), one.text, one.advice)
        )
    assert PAGE.read_text(encoding="utf-8").split("\n\n")[-1].splitlines() == lines
