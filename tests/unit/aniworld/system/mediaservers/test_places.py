"""What folders are called elsewhere."""

from __future__ import annotations

import pytest

from aniworld.system.mediaservers.places import holds, overlap, there

PAIRS = ("/srv/anime=/media/anime", "/srv/anime/Old=D:\\Old", "/mnt=smb://nas/mnt/")


@pytest.mark.parametrize(
    ("here", "expected"),
    [
        ("/srv/anime", "/media/anime"),
        ("/srv/anime/Show/Season 01", "/media/anime/Show/Season 01"),
        ("/srv/anime/Old/Show/Season 01", "D:\\Old\\Show\\Season 01"),
        ("/srv/anime2/Show", "/srv/anime2/Show"),
        ("/mnt/a/b", "smb://nas/mnt/a/b"),
        ("/elsewhere", "/elsewhere"),
    ],
)
def test_the_longest_pair_that_fits_counts(here: str, expected: str) -> None:
    assert there(here, PAIRS) == expected
    assert there(here, tuple(reversed(PAIRS))) == expected


def test_the_root_of_all_can_be_called_otherwise() -> None:
    assert there("/srv/a", ("/=/host",)) == "/host/srv/a"


@pytest.mark.parametrize(
    ("location", "path", "expected"),
    [
        ("/media/anime", "/media/anime", True),
        ("/media/anime/", "/media/anime/Show", True),
        ("/media/anime", "/media/anime2/Show", False),
        ("/media/anime/Show", "/media/anime", False),
        ("d:\\ANIME\\", "D:\\anime\\Show", True),
        ("/Media", "/media/Show", False),
    ],
)
def test_a_library_holds_what_lies_in_its_folder(location: str, path: str, expected: bool) -> None:
    assert holds(location, path) is expected


def test_a_library_of_one_show_overlaps_with_the_folder_of_all() -> None:
    assert overlap("/media/anime/Show", "/media/anime")
    assert not overlap("/media/films", "/media/anime")
