"""Errors as a code with parameters: what is stored and sent, whatever language it is read in.

The English sentence stands beside the code, as a template. Whoever shows an error to a person looks
the template up by its code and puts it into the reader's language there; here it only serves logs.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Mapping
from typing import Any, ClassVar, TypedDict

WHY = "why"
AS_TOLD = "as_told"  # the sentence itself, of rows from before there were codes
# The parameter that names what the system said no with: "EACCES". Its words are made at the edge.
ERRNO = "errno"

LONGEST_WORDS = 300
# Before its host, and behind it, an address may hold what lets somebody in: of any scheme. It ends
# at a space and nowhere else, as a password may hold any other character.
_ADDRESS = re.compile(r"(?<=://)\S+")
_BEHIND_HOST = re.compile(r"[/?#\\]")
_HOST = re.compile(r"(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d+)?")
_CLOSING = "'\")>,;:."  # of the sentence around the address
_PATH = re.compile(r"(\burl: ?)[/?]\S*", re.IGNORECASE)  # so does urllib3 name what it asked for


class Coded(TypedDict):
    """What is stored: a code, and the facts its sentence names."""

    code: str
    params: dict[str, Any]


def gettext_noop(text: str) -> str:
    """Mark a template for translation, in rooms that know no Django."""
    return text


def text_key(code: str, params: Mapping[str, Any]) -> str:
    """The key of a text: the code, and which of its sentences where it has several."""
    why = params.get(WHY)
    return f"{code}.{why}" if why else code


def coded(code: str, **params: Any) -> Coded:
    """Something that is no error, as it is stored. Parameters as those of :class:`CodedError`."""
    return {"code": code, "params": {name: _plain(value) for name, value in params.items()}}


def errno_name(error: Exception) -> str:
    """What the system said no with, as the parameter ``errno``; the error's class where it says
    nothing."""
    return errno.errorcode.get(getattr(error, "errno", None) or 0, type(error).__name__)


def foreign(words: object) -> str:
    """What somebody else says (the system, ffmpeg, a site), fit to be a parameter.

    One printable line of bounded length; of the addresses in it only the hosts are kept.
    """
    told = str(words)[: 10 * LONGEST_WORDS]
    line = " ".join("".join(char if char.isprintable() else " " for char in told).split())
    line = _PATH.sub(r"\1…", _ADDRESS.sub(_host_alone, line))
    return line if len(line) <= LONGEST_WORDS else f"{line[: LONGEST_WORDS - 1]}…"


def _host_alone(found: re.Match[str]) -> str:
    """What may be told of an address, behind its scheme.

    No host where an @ follows it, or where it is none: then it may be half of a password.
    """
    address = found[0].rstrip(_CLOSING)
    authority, *behind = _BEHIND_HOST.split(address, maxsplit=1)
    host = authority.rpartition("@")[2]
    if any("@" in part for part in behind) or not _HOST.fullmatch(host):
        shown = "…"
    else:
        shown = f"{host}/…" if behind else host
    return shown + found[0][len(address) :]


class CodedError(Exception):
    """Base of the errors that are told to people.

    ``code`` is stable and says what kind of error it is. ``texts`` are its English sentences, with
    the parameters in braces: by the parameter ``why``, or under "" where there is but one. The
    parameters are plain JSON values, or other errors: those are kept as :class:`Coded`, and are in
    words within the sentence. A list reads as its entries, with commas between.
    """

    code: ClassVar[str] = "error"
    texts: ClassVar[Mapping[str, str]] = {}

    def __init__(self, **params: Any) -> None:
        texts = {AS_TOLD: "{text}", **self.texts}
        super().__init__(texts[params.get(WHY, "")].format_map(_in_words(params)))
        self.params = {name: _plain(value) for name, value in params.items()}

    def as_json(self) -> Coded:
        """What is stored of the error."""
        return {"code": self.code, "params": self.params}

    @classmethod
    def all_texts(cls) -> dict[str, str]:
        """The sentences of this class and of those below it, by their keys."""
        found = {text_key(cls.code, {WHY: why}): text for why, text in cls.texts.items()}
        for below in cls.__subclasses__():
            found |= below.all_texts()
        return found


def _plain(value: Any) -> Any:
    """A parameter as JSON, without what a database refuses in it: half characters (of file names
    that are no UTF-8) and the character 0 (which sites may send)."""
    if isinstance(value, CodedError):
        return value.as_json()
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\0", "�")
    if isinstance(value, Mapping):
        return {name: _plain(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    return value


def _worded(value: Any) -> Any:
    if isinstance(value, Mapping) and "code" in value:
        return value["code"]  # its sentence is not known here
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value


def _in_words(params: Mapping[str, Any]) -> Mapping[str, Any]:
    shown = {name: _worded(value) for name, value in params.items()}
    number = getattr(errno, str(params.get(ERRNO)), None)
    return shown if number is None else {**shown, ERRNO: os.strerror(number)}
