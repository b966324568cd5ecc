"""A file tells by itself that we wrote it, and that nobody has changed it since."""

from __future__ import annotations

import io
from random import Random

import pytest
from PIL import Image

from library.descriptions.marks import is_ours, marked_jpeg, marked_xml

XML = marked_xml(b"<tvshow>\n  <title>A</title>\n</tvshow>\n")


def picture(**options: object) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (20, 30), "teal").save(written, "JPEG", **options)
    return written.getvalue()


JPEG = marked_jpeg(picture())


@pytest.mark.parametrize("content", [XML, JPEG, marked_jpeg(picture()[:2] + picture()[20:])])
def test_what_we_wrote_is_ours(content: bytes) -> None:
    assert is_ours(content)


@pytest.mark.parametrize("content", [XML, JPEG])
def test_whatever_is_changed_in_it_makes_it_somebody_elses(content: bytes) -> None:
    random = Random(23)
    for _ in range(300):
        at, other = random.randrange(len(content)), random.randrange(256)
        if content[at] == other:
            continue
        changed = content[:at] + bytes([other]) + content[at + 1 :]
        assert not is_ours(changed), at
    for cut in (content[:-1], content + b" ", content[1:], b""):
        assert not is_ours(cut)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff\xe0",
        b"\xff\xd8\xff\xe0\xff\xff",
        b"\xff\xd8\xff\xfe\x00\x00",
        b"<tvshow/>",
        b"<?xml version='1.0'?><!-- Written by Aniworld: " + b"0" * 64 + b" --><tvshow/>",
        picture(),
        picture(comment=b"Written by Aniworld: " + b"0" * 64),
    ],
)
def test_what_others_wrote_is_not(content: bytes) -> None:
    assert not is_ours(content)


def test_a_marked_picture_is_the_same_picture() -> None:
    one, other = Image.open(io.BytesIO(picture())), Image.open(io.BytesIO(JPEG))
    assert one.tobytes() == other.tobytes()
    assert other.info["jfif"]
    assert bytes(other.info["comment"]).startswith(b"Written by Aniworld: ")
