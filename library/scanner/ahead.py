"""Reading the names of many files in a process beside the scan's.

To read a name takes as long as to write what was read. Where there are many and more than one
processor, the names are read while the scan writes.

Run as a module this is that process, see ``beside``: a request is a portion of the paths, the
answer what their names say, in their order.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence

from library.scanner.beside import has_a_processor_free, serve, worked_beside
from library.scanner.columns import ReadColumns, read_columns

PATHS_AT_ONCE = 500
WORTH_A_PROCESS = 5000  # fewer names are read before it has started


@contextlib.contextmanager
def names_of(paths: Sequence[str]) -> Iterator[Iterator[ReadColumns]]:
    """Give the columns of these paths, one after the other in their order."""
    if len(paths) < WORTH_A_PROCESS or not has_a_processor_free():
        yield map(read_columns, paths)
        return
    starts = range(0, len(paths), PATHS_AT_ONCE)
    portions = {start: list(paths[start : start + PATHS_AT_ONCE]) for start in starts}
    with worked_beside(read_names, portions, module=__name__) as answers:
        yield (columns for _, read in answers for columns in read)


def read_names(
    portions: Iterable[tuple[int, list[str]]], _is_waited_for: Callable[[], bool]
) -> Iterator[tuple[int, list[ReadColumns]]]:
    """Read one portion after the other."""
    for start, paths in portions:
        yield start, list(map(read_columns, paths))


if __name__ == "__main__":
    serve(read_names)
