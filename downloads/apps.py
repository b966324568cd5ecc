"""The queue: what waits, the worker that takes it, the transfer that fetches it."""

from typing import TYPE_CHECKING, Any

from django.apps import AppConfig

if TYPE_CHECKING:
    from library.leaving import Renumbered
    from library.models import AnimeSeries


class DownloadsConfig(AppConfig):
    name = "downloads"

    def ready(self) -> None:
        # Here, because models are ready only now.
        from aniworld.config.menu import places  # noqa: PLC0415 - apps first
        from aniworld.events.rooms import Room, register_snapshot  # noqa: PLC0415
        from aniworld.journal.services import undoing  # noqa: PLC0415
        from aniworld.web import advice  # noqa: PLC0415 - apps first
        from aniworld.web.texts import register  # noqa: PLC0415
        from downloads import entries, texts  # noqa: PLC0415
        from downloads.advice import ADVICE  # noqa: PLC0415 - apps first
        from downloads.errors import OF_ITEMS, QueueError  # noqa: PLC0415 - apps first
        from downloads.following.texts import TEXTS as REASONS  # noqa: PLC0415 - apps first
        from downloads.quiet.texts import TEXTS as QUIET  # noqa: PLC0415 - apps first
        from downloads.transfer.errors import TransferError  # noqa: PLC0415
        from library.leaving import follow, follow_numbers  # noqa: PLC0415 - apps first

        register_snapshot(Room.DOWNLOADS, _downloads)
        register_snapshot(Room.DOWNLOAD_PROGRESS, _download_progress)
        register({**TransferError.all_texts(), **QueueError.all_texts(), **texts.TEXTS})
        register({**entries.TEXTS, **REASONS, **QUIET})
        advice.register(ADVICE, TransferError, *OF_ITEMS)
        undoing.add("downloads.undoing")
        places.add("downloads.pages.places")
        follow("downloads", leaving=_series_leaves, returning=_series_returns)
        follow_numbers(
            "downloads",
            locking=_take_lock,
            renumbering=_series_renumbered,
            holding=_series_held,
        )


def _take_lock() -> None:
    from downloads.models import QueueState  # noqa: PLC0415 - apps first

    QueueState.locked()


# Loaded where a series leaves or comes back, or its episodes get other numbers.
def _series_leaves(series: "AnimeSeries") -> None:
    from downloads.services import followed  # noqa: PLC0415

    followed.series_leaves(series)


def _series_returns(series: "AnimeSeries") -> None:
    from downloads.services import followed  # noqa: PLC0415

    followed.series_returns(series)


def _series_renumbered(series: "AnimeSeries", change: "Renumbered") -> None:
    from downloads.services import renumbered  # noqa: PLC0415 - apps first

    renumbered.series_renumbered(series, change)


def _series_held(series: "AnimeSeries", is_held: bool) -> None:
    from downloads.services import renumbered  # noqa: PLC0415 - apps first

    renumbered.series_held(series, is_held)


# Loaded by the web process alone, when a browser joins.
def _downloads() -> dict[str, Any]:
    from downloads import snapshots  # noqa: PLC0415

    return snapshots.room_downloads()


def _download_progress() -> dict[str, Any]:
    from downloads import snapshots  # noqa: PLC0415

    return snapshots.room_download_progress()
