"""Where an episode goes: target paths that Jellyfin, Plex and Kodi read. No Django here.

A template such as ``{name} ({year})/Season {season:02}/{name} - S{season:02}E{episode:02}`` is
rendered part by part, so that nothing in a title can make a folder or leave one. What the owner
has on disk already wins over the template: the series' folder and its way of naming seasons.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

LONGEST_NAME = 255  # bytes, on every file system in common use

_EMPTY = "\0"  # stands for an empty token until its surroundings are tidied
_EMPTY_BRACKETS = re.compile(r"\(\s*\0\s*\)|\[\s*\0\s*\]|\{\s*\0\s*\}")
_EMPTY_FIRST = re.compile(r"^\0\s*[-–—._]?\s*")
_EMPTY_LATER = re.compile(r"(?:\s*[-–—._]\s*|\s+)?\0")

_COLON_IN_TITLE = re.compile(r"\s*:\s+")
_REPLACED = str.maketrans(
    {"/": "+", "\\": "+", ":": "-", "|": "-", "*": "-", "?": "!", '"': "'", "<": "(", ">": ")"}
)
# Marks that turn the direction of what follows: a name must not look like another one.
_DIRECTION_MARKS = set(
    "\u200e\u200f\u061c\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_JOINERS = set("\u200c\u200d\ufe0e\ufe0f")
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?=\.|$)")
_SEASON_FOLDER = re.compile(
    r"(?i)^(?P<word>season|staffel|saison|temporada|stagione|series|s)"
    r"(?P<gap>[ ._-]*)(?P<number>\d{1,4})$"
)
_SPECIALS_FOLDER = re.compile(r"(?i)^(specials?|filme|movies)$")


@dataclass(frozen=True, slots=True)
class EpisodeName:
    """What a template can name. ``language`` is empty for the owner's default language."""

    name: str
    season: int
    episode: int
    title: str = ""
    year: int | None = None
    language: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """What the series has on disk already.

    ``folder`` is kept as it is; ``subfolders`` are the names of its directories; ``is_flat`` says
    that its episodes lie in the folder itself.
    """

    folder: str = ""
    subfolders: Sequence[str] = ()
    is_flat: bool = False


def target_path(
    template: str, episode: EpisodeName, *, extension: str, layout: Layout | None = None
) -> PurePosixPath:
    """The path of an episode's file, relative to the library root.

    Args:
        template: parts joined by ``/``; the first is the series' folder, the last the file's name
            without extension. Tokens: name, year, season, episode, title, language, key.
        extension: with its dot.
        layout: what is on disk already and stays as it is.

    Raises:
        ValueError: nothing of the names is left to make a file name of.
    """
    layout = layout or Layout()
    *folders, file = [part for part in template.split("/") if part.strip()]
    series_part, *inner = folders or ["{name} ({year})"]
    series_folder = layout.folder or folder_name(series_part, episode)
    seasons = _season_folders(inner, episode, layout)
    return PurePosixPath(series_folder, *seasons, file_name(file, episode, extension))


def folder_name(part: str, episode: EpisodeName) -> str:
    """One folder of a template.

    Raises:
        ValueError: nothing is left of it.
    """
    return _fit(part, episode, "")


def file_name(part: str, episode: EpisodeName, extension: str) -> str:
    """The last part of a template, tagged with a language that is not the default one.

    Raises:
        ValueError: nothing is left of it.
    """
    if episode.language and "{language" not in part:
        part = f"{part} ({{language}})"
    return _fit(part, episode, extension)


def clean(text: str) -> str:
    """Text of any origin as a part of a file name on any system."""
    text = unicodedata.normalize("NFC", text)
    text = _COLON_IN_TITLE.sub(" - ", text).translate(_REPLACED)
    kept = (" " if char.isspace() else char for char in text if _is_kept(char))
    return " ".join("".join(kept).split())


def _is_kept(char: str) -> bool:
    if char.isspace():
        return True
    return unicodedata.category(char) not in {"Cc", "Cs", "Cn"} and char not in _DIRECTION_MARKS


def _fit(part: str, episode: EpisodeName, extension: str) -> str:
    """Render ``part`` within the limit: the title gives way first, then the series' name, so that
    season and episode stay readable."""
    values: dict[str, str | int] = {
        "name": _worded(episode.name),
        "year": episode.year or "",
        "season": episode.season,
        "episode": episode.episode,
        "title": _worded(episode.title),
        "language": _worded(episode.language),
        "key": _worded(episode.key),
    }
    room = LONGEST_NAME - len(extension.encode())
    for token in ("title", "name", "key", "title", "name", "key"):
        excess = len(_render(part, values).encode()) - room
        if excess <= 0:
            break
        value = str(values[token])
        values[token] = cut(value, max(len(value.encode()) - excess, 0)).rstrip(" .-")
    stem = cut(_render(part, values), room).rstrip(" .")
    if not stem:
        raise ValueError("Nothing is left of the name.")
    return stem + extension


def _worded(text: str) -> str:
    """Nothing, where only dots and dashes are left."""
    cleaned = clean(text)
    return cleaned if cleaned.strip(" .-") else ""


def _render(part: str, values: dict[str, str | int]) -> str:
    pieces = []
    for literal, token, width, _ in string.Formatter().parse(part):
        pieces.append(literal)
        if token is not None:
            value = values[token]
            pieces.append(_EMPTY if value == "" else _padded(value, width or ""))
    return _safe(_without_empty("".join(pieces)))


def _padded(value: str | int, width: str) -> str:
    return format(value, width) if isinstance(value, int) else str(value)


def _without_empty(text: str) -> str:
    """Take empty tokens out, with the brackets round them and the dash before them."""
    while _EMPTY_BRACKETS.search(text):
        text = _EMPTY_BRACKETS.sub(_EMPTY, text)
    while _EMPTY in text:
        text = _EMPTY_LATER.sub("", _EMPTY_FIRST.sub("", text), count=1)
    return text


def _safe(text: str) -> str:
    # A leading dot would hide the file from every scanner, a trailing one is lost on Windows.
    text = clean(text).strip(" .")
    return _RESERVED.sub(r"\1_", text)


def cut(text: str, size: int) -> str:
    """The beginning of ``text`` that fits into ``size`` bytes of UTF-8, no character torn apart."""
    encoded = text.encode()
    if len(encoded) <= size:
        return text
    kept = encoded[:size].decode(errors="ignore")
    while kept and _belongs_to_previous(text[len(kept)]):
        kept = kept[:-1]
    return kept


def _belongs_to_previous(char: str) -> bool:
    return unicodedata.combining(char) > 0 or char in _JOINERS


def _season_folders(parts: list[str], episode: EpisodeName, layout: Layout) -> list[str]:
    """The folders between series and file: the ones there, or new ones in the same style."""
    matches = {name: _SEASON_FOLDER.match(name) for name in sorted(layout.subfolders)}
    for name, match in matches.items():
        if match and int(match["number"]) == episode.season:
            return [name]
    if episode.season == 0:
        specials = [name for name in matches if _SPECIALS_FOLDER.match(name)]
        if specials:
            return specials[:1]
    styles = [match for match in matches.values() if match]
    if styles:
        style = styles[0]
        number = str(episode.season).zfill(len(style["number"]))
        return [f"{style['word']}{style['gap']}{number}"]
    if layout.is_flat:
        return []
    return [folder_name(part, episode) for part in parts]
