"""Where an episode goes: target paths that media servers and our own scan read.

What the owner has on disk already wins over the template: the series' folder and its way of naming
seasons. And no name leaves here that our own reader would take for another episode, whatever the
titles hold: a title such as "E06" is set in quotes, and what does not help is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from library.naming.extras import NO_EXTRA
from library.naming.folders import series_folder
from library.naming.template import EpisodeName, names_token, parts_of, render
from library.naming.text import LONGEST_NAME, clean, cut
from library.naming.videos import ignored_directory, ignored_file

# The surest form of a file's name: where the owner's own could be taken for another episode.
_SUREST = "{name} - S{season:02}E{episode:02}"

_SEASON_FOLDER = re.compile(
    r"(?i)^(?P<word>season|staffel|saison|temporada|stagione|series|s)"
    r"(?P<gap>[ ._-]*)(?P<number>\d{1,4})$"
)
_SPECIALS_FOLDER = re.compile(r"(?i)^(specials?|filme|movies)$")


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
    template: str,
    episode: EpisodeName,
    *,
    extension: str,
    layout: Layout | None = None,
    longest: int = LONGEST_NAME,
) -> PurePosixPath:
    """The path of an episode's file, relative to the library root.

    Our name reader reads it as exactly that episode, and no scan passes it over.

    Args:
        template: parts joined by ``/``: the series' folder, folders in it, the file's name without
            extension. Tokens: name, year, season, episode, absolute, title, language, key.
        extension: with its dot.
        layout: what is on disk already and stays as it is.
        longest: bytes that a name may have on that disk. The names made here keep to it.
    """
    layout = layout or Layout()
    parts = parts_of(template)
    if not any(names_token(part, "absolute") for part in (*parts.inner, parts.file)):
        episode = replace(episode, absolute=None)
    folder = layout.folder or series_folder(
        template, name=episode.name, year=episode.year, key=episode.key, longest=longest
    )
    path = PurePosixPath(folder)
    for named in _spelled(episode):
        above = PurePosixPath(folder, *_season_folders(parts.inner, named, layout, longest))
        for name in _file_names(parts.file, episode, extension, longest):
            path = above / name
            if is_read_back(path, episode):
                return path
    return path


def _spelled(episode: EpisodeName) -> Iterator[EpisodeName]:
    """For folders that name the title: one called "BDMV" or "Season 2 Extras" says too much."""
    yield episode
    if episode.title:
        yield _quoted(episode)
        yield replace(episode, title="")


def _quoted(episode: EpisodeName) -> EpisodeName:
    return replace(episode, title=f"'{clean(episode.title)}'" if episode.title else "")


def is_read_back(path: PurePosixPath, episode: EpisodeName) -> bool:
    """Whether our name reader reads a path as exactly that episode, and no scan passes it over."""
    # Its grammar is a tenth of a second to import, and who only names folders needs none of it.
    from library.names import read  # noqa: PLC0415 - see above

    if ignored_file(path.name):
        return False
    if any(ignored_directory(part, depth=1) for part in path.parts[1:-1]):
        return False
    reading = read(str(path))
    numbers = reading.season, reading.episodes, reading.absolute
    named = episode.season, (episode.episode,)
    if episode.absolute is None:
        return numbers == (*named, ())
    counted = (episode.absolute,)  # which a scan counts over the seasons where it stands alone
    return numbers in {(*named, ()), (*named, counted), (None, (), counted)}


def _file_names(part: str, episode: EpisodeName, extension: str, longest: int) -> Iterator[str]:
    """Names for the file, the ones that say most and are nearest to the template first."""
    sure = f"{_SUREST} - {{title}}" if names_token(part, "title") else _SUREST
    tried = [(form, named) for form in (part, sure) for named in (episode, _quoted(episode))]
    tried += [(_SUREST, episode)]
    tried += [(form, replace(named, name="", key="")) for form, named in tried[2:]]
    for form, named in tried:
        if name := _file_name(form, named, extension, longest):
            yield name


def _file_name(part: str, episode: EpisodeName, extension: str, longest: int) -> str:
    """The last part of a template, tagged with a language that is not the default one."""
    if episode.language and not names_token(part, "language"):
        part = f"{part} ({{language}})"
    stem = render(part, episode.values(), room=longest - len(extension.encode()))
    return stem + extension if stem else ""


def _season_folders(
    parts: list[str], episode: EpisodeName, layout: Layout, longest: int
) -> list[str]:
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
    return [name for part in parts if (name := _inner_folder(part, episode, longest))]


def _inner_folder(part: str, episode: EpisodeName, longest: int) -> str:
    """A folder inside the series' one, and none that a scan passes over; may be empty."""
    name = render(part, episode.values(), room=longest)
    if not ignored_directory(name, depth=1):
        return name
    return cut(name, longest - len(NO_EXTRA)).rstrip(" .") + NO_EXTRA
