"""What the API of adding answers."""

from __future__ import annotations

from typing import Annotated

from aniworld.pages.adding.taking import Taken
from downloads.api.shapes import AddedToQueue, added_to_queue
from library.api.shapes import Series, series_rows


class AddedSeries(Series):
    """A series that is in the library now."""

    queued: Annotated[AddedToQueue | None, "Null where nothing was to be queued."]


def added_series(taken: Taken) -> AddedSeries:
    (row,) = series_rows([taken.series])
    queued = added_to_queue(taken.added) if taken.added is not None else None
    return {**row, "queued": queued}
