"""What is asked for, and what the headers of an answer say."""

from __future__ import annotations

import email.utils
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

from urllib3 import HTTPHeaderDict

_CONTENT_RANGE = re.compile(r"bytes\s+(\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")
_UNSATISFIED = re.compile(r"bytes\s+\*/(\d{1,18})")
_LONGEST_VALIDATOR = 200
READABLE_ENCODINGS = frozenset({"", "gzip", "x-gzip", "deflate"})
# Sent again to another host, they would tell it what is none of its business.
_OF_ONE_HOST = frozenset({"authorization", "cookie", "proxy-authorization"})


@dataclass(frozen=True, slots=True)
class ByteRange:
    """A part of a resource.

    Attributes:
        first: offset of its first byte.
        length: bytes; None for all to the end.
    """

    first: int
    length: int | None = None

    @property
    def header(self) -> str:
        """As ``Range`` asks for it."""
        last = "" if self.length is None else str(self.first + self.length - 1)
        return f"bytes={self.first}-{last}"


@dataclass(frozen=True, slots=True)
class Small:
    """Something read whole: a playlist, a key.

    Attributes:
        url: where it came from in the end, after redirects; what it names is relative to that.
        content_type: without its parameters, in lower case; empty where there is none.
    """

    url: str
    data: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the headers of an answer say of its body.

    Attributes:
        first: offset in the resource at which the body begins.
        length: bytes of the body; None where that is not known.
        total: bytes of the whole resource; None where that is not known.
        validator: strong ETag or Last-Modified; empty where there is none.
        encoding: how the body is compressed, in lower case; empty where it is not.
    """

    first: int
    length: int | None
    total: int | None
    validator: str
    encoding: str
    content_type: str


def told(status: int, headers: HTTPHeaderDict) -> Told | None:
    """What the headers say; None where they contradict what the status says."""
    encoding = headers.get("Content-Encoding", "").strip().lower()
    length = _number(headers.get("Content-Length", ""))
    content_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    validator = _validator(headers)
    if encoding and encoding != "identity":
        return None if status == 206 else Told(0, None, None, "", encoding, content_type)
    if status != 206:
        return Told(0, length, length, validator, "", content_type)
    found = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", "").strip())
    if found is None:
        return None
    first, last, total = int(found[1]), int(found[2]), _number(found[3])
    if last < first or (total is not None and last >= total):
        return None
    if length not in {None, last - first + 1}:
        return None
    return Told(first, last - first + 1, total, validator, "", content_type)


def total_of_refused(headers: HTTPHeaderDict) -> int | None:
    """How large a resource is that has no such part (416); None where that is not told."""
    found = _UNSATISFIED.fullmatch(headers.get("Content-Range", "").strip())
    return int(found[1]) if found else None


def retry_after(headers: HTTPHeaderDict) -> float | None:
    """Seconds asked for by ``Retry-After`` (a number or a date); None without one."""
    value = headers.get("Retry-After", "").strip()
    try:
        if value.isdecimal():
            return float(value)
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def for_other_host(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that a redirect to another host may take along."""
    return {name: value for name, value in headers.items() if name.lower() not in _OF_ONE_HOST}


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= 18 else None


def _validator(headers: HTTPHeaderDict) -> str:
    etag = headers.get("ETag", "").strip()
    found = etag if etag.startswith('"') else headers.get("Last-Modified", "").strip()
    return found if len(found) <= _LONGEST_VALIDATOR else ""
