"""The scan's own reading and writing of tables: raw statements, many rows at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from django.db import connection

from library.choices import FileState
from library.models import MediaFile, ScannedDirectory
from library.models.bulk import Insert, Row
from library.naming.paths import from_stored, to_stored
from library.scanner.columns import ReadColumns
from library.scanner.found import Remembered, SeenFile

_FILES = MediaFile._meta.db_table
_DIRECTORIES = ScannedDirectory._meta.db_table

AT_ONCE = 400  # folders in one question

_READ = f"""
    SELECT folder, id, path, size, mtime_ns, state, series_id, season, episodes, absolute, rule,
           problem, language, version, "group"
    FROM {_FILES} WHERE root_id = %s AND folder IN
"""  # noqa: S608 - a table's name
_INSERT = Insert(
    f"""INSERT INTO {_FILES} (
        root_id, series_id, path, folder, size, mtime_ns, season, episodes, absolute, rule,
        problem, language, version, "group", state, video_codec, audio_codec, audio_languages,
        subtitle_languages, media_problem, seen_at)
    """,
    f"({', '.join(['%s'] * 14)}, 'PRESENT', '', '', '[]', '[]', '', %s)",
    "ON CONFLICT (root_id, folder, path) DO NOTHING",
)
_UPDATE = f"""
    UPDATE {_FILES} SET series_id = %s, size = %s, mtime_ns = %s, season = %s, episodes = %s,
        absolute = %s, rule = %s, problem = %s, language = %s, version = %s, "group" = %s,
        state = 'PRESENT', probed_at = NULL, media_problem = '', media_problem_params = NULL,
        seen_at = %s
    WHERE id = %s
"""  # noqa: S608
_REMEMBER = Insert(
    f"INSERT INTO {_DIRECTORIES} (root_id, path, mtime_ns, names, passed, scanned_at)",
    "(%s, %s, %s, %s, %s, %s)",
    """ON CONFLICT (root_id, path) DO UPDATE
    SET mtime_ns = excluded.mtime_ns, names = excluded.names, passed = excluded.passed,
        scanned_at = excluded.scanned_at
    """,
)

# Of an inserted row: path, size, season, episodes, absolute, version, problem.
_SETTLED_BY = itemgetter(2, 4, 6, 7, 8, 12, 10)
_STATES = {state.value: state.value for state in FileState}  # one string each, not one a row


class KnownFile(NamedTuple):
    """A file as the database has it; ``path`` as ``os`` knows it."""

    id: int
    path: str
    size: int
    mtime_ns: int
    state: str
    series_id: int | None
    columns: ReadColumns

    @property
    def seen(self) -> SeenFile:
        return SeenFile(self.path, self.size, self.mtime_ns)


def known_directories(root_id: int) -> dict[str, Remembered]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT path, mtime_ns, names, passed FROM {_DIRECTORIES} WHERE root_id = %s"  # noqa: S608 - a table's name
            " ORDER BY path",
            [root_id],
        )
        return {
            from_stored(path): Remembered(*remembered) for path, *remembered in cursor.fetchall()
        }


def untrusted_directories(root_id: int) -> set[str]:
    """Those above files that are unavailable: they may come back under the mtime that is known."""
    away = MediaFile.objects.filter(root_id=root_id, state=FileState.UNAVAILABLE).order_by()
    found: set[str] = set()
    for path in away.values_list("path", flat=True):
        directory = from_stored(path).rpartition("/")[0]
        while directory and directory not in found:
            found.add(directory)
            directory = directory.rpartition("/")[0]
    return found


def known_files(root_id: int, folders: Sequence[str]) -> Iterator[tuple[str, list[KnownFile]]]:
    """Yield each folder with the files known in it (an empty list where there is none)."""
    shared: dict[ReadColumns, ReadColumns] = {}  # most files are read as another one is
    for start in range(0, len(folders), AT_ONCE):
        portion = folders[start : start + AT_ONCE]
        found: dict[str, list[KnownFile]] = {folder: [] for folder in portion}
        marks = ", ".join(["%s"] * len(portion))
        with connection.cursor() as cursor:
            cursor.execute(
                f"{_READ} ({marks})", [root_id, *(to_stored(folder) for folder in portion)]
            )
            for row in cursor.fetchall():
                folder, file_id, path, size, mtime_ns, state, series_id, *columns = row
                read = shared.setdefault(tuple(columns), tuple(columns))
                file = KnownFile(
                    file_id, from_stored(path), size, mtime_ns, _STATES[state], series_id, read
                )
                found[from_stored(folder)].append(file)
        yield from found.items()


def insert_files(rows: Sequence[Row]) -> dict[int, list[Row]]:
    """Insert files; returns what ``settle`` needs of them, by series.

    Empty where another process has written some of them meanwhile.
    """
    inserted: dict[int, list[Row]] = {}
    if _INSERT.run(rows) == len(rows):
        for row in rows:
            if row[1] is not None:  # the series
                inserted.setdefault(row[1], []).append(_SETTLED_BY(row))
    return inserted


def update_files(rows: Sequence[Row]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_UPDATE, rows)


def passed_over(root_id: int) -> list[tuple[str, str]]:
    """What was passed over in each directory, as it is remembered; where there was something."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT path, passed FROM {_DIRECTORIES}"  # noqa: S608
            " WHERE root_id = %s AND passed IS NOT NULL ORDER BY path",
            [root_id],
        )
        return list(cursor.fetchall())


def remember_directories(rows: Sequence[Row]) -> None:
    _REMEMBER.run(rows)
