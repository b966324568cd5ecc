"""What each event carries in ``data``.

``id``, ``type`` and ``timestamp`` are the envelope's. A queue of 10,000 items does not make a
10,000-item message: ``queue_status`` carries counts, the active item and the first 100 of each
list.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

Status = Literal["started", "in_progress", "completed", "failed", "cancelled"]


class TransferProgress(TypedDict):
    """``speed_mbps`` is megabytes a second; what is not known yet is null."""

    percent: float
    downloaded_mb: float
    total_mb: float | None
    speed_mbps: float | None
    eta_seconds: int | None


class EpisodeNames(TypedDict):
    download_id: str
    key: str
    serie_folder: str
    serie_name: str
    season: int
    episode: int


class DownloadProgress(EpisodeNames):
    stage: str
    status: Status
    progress: TransferProgress


class DownloadComplete(EpisodeNames):
    downloaded_mb: float


class DownloadFailed(EpisodeNames):
    """Final: not sent for a try that is followed by another."""

    error: str
    retry_count: int
    attempts: list[dict[str, Any]]


class QueueStatus(TypedDict):
    """The ids or counts of the action stand beside these two under their own names."""

    action: str
    queue_status: dict[str, Any]


class QueueRunning(TypedDict):
    is_running: bool
    queue_status: dict[str, Any]


class QueuePaused(TypedDict):
    is_paused: bool
    queue_status: dict[str, Any]


class DownloadEpisodeUpdate(TypedDict):
    key: str
    folder: str
    season: int
    episode: int
    state: str


class DownloadSeriesCompleted(TypedDict):
    key: str
    folder: str


class ScanProgress(TypedDict):
    operation_id: str
    status: Status
    phase: str
    current: int
    total: int | None
    percent: float
    files: NotRequired[int]
    rate: float
    key: str | None
    folder: str | None
    message: str


class ScanComplete(TypedDict):
    operation_id: str
    result: dict[str, Any]


class ScanFailed(TypedDict):
    operation_id: str
    code: str
    error: str


class OperationProgress(TypedDict):
    """``queue_progress`` and ``system_progress``."""

    id: str
    status: Status
    current: int
    total: int | None
    percent: float
    rate: float
    message: str
    metadata: dict[str, Any]


class SystemMessage(TypedDict):
    code: str
    message: str


class ErrorNotification(TypedDict):
    code: str
    message: str
    context: dict[str, Any]


QueueControlType = Literal["queue_started", "queue_stopped"]
QueuePauseType = Literal["queue_paused", "queue_resumed"]
SystemType = Literal["system_info", "system_warning", "system_error"]
ScheduledRescanType = Literal[
    "scheduled_rescan_started", "scheduled_rescan_completed", "scheduled_rescan_error"
]
AutoDownloadType = Literal[
    "auto_download_started", "auto_download_completed", "auto_download_error"
]
EventType = (
    Literal[
        "download_progress",
        "download_complete",
        "download_failed",
        "queue_status",
        "download_episode_update",
        "download_series_completed",
        "scan_progress",
        "scan_complete",
        "scan_failed",
        "queue_progress",
        "system_progress",
        "error_notification",
    ]
    | QueueControlType
    | QueuePauseType
    | SystemType
    | ScheduledRescanType
    | AutoDownloadType
)
