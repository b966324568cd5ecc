"""One request for every answer that the document describes, in an order in which each finds what it
needs."""

from __future__ import annotations

import atexit
import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, FeedKey
from aniworld.config import store
from aniworld.journal.models import Entry
from aniworld.sites import trials
from aniworld.sites.choices import TrialStep
from aniworld.sites.health import monitor
from aniworld.sites.pace import holds, rate_store
from aniworld.system import watch
from aniworld.system.examinations import examine
from library.models import SeriesTie
from library.services.lookup import get_series
from library.services.roots import root_paths
from providers.addresses import host_of
from providers.coded import coded
from providers.watching import Called, Fault
from tests.catalogues import definition
from tests.catalogues.server import served
from tests.document import Operation, operations
from tests.factories import SPLIT_MARK
from tests.unit.document.house import BROKEN, PASSWORD, SITE, House

JOB = {"name": "rescan"}
TARGET = {"name": "Phone"}
PHONE = {
    "name": "Phone",
    "kind": "WEBHOOK",
    "url": "http://127.0.0.1:9/hook",
    "signing_key": "hush",
    "quiet_hours": "22:00-07:00",
}
Filled = Callable[[House], dict[str, str]]
JSON = "application/json"
ZIP = "application/zip"


@dataclass(frozen=True)
class Step:
    """One request: what stands in its address, its query and body, and the status it ends with.

    ``before`` changes the house first.
    """

    operation: str
    status: int = 200
    place: Filled | dict[str, str] = field(default_factory=dict)
    body: Any = None
    query: str | Callable[[House], str] = ""
    before: Callable[[House], object] | None = None
    client: Callable[[House], Client] = lambda house: house.client
    content_type: str = JSON

    def answer(self, house: House) -> tuple[Operation, Any]:
        if self.before:
            self.before(house)
        operation = next(one for one in operations() if one.id == self.operation)
        place = self.place(house) if callable(self.place) else self.place
        body = self.body(house) if callable(self.body) else self.body
        query = self.query(house) if callable(self.query) else self.query
        path = f"{operation.path.format(**place)}?{query}"
        content = "" if body is None else body if isinstance(body, bytes) else json.dumps(body)
        return operation, self.client(house).generic(
            operation.method, path, content, self.content_type
        )


@cache
def _catalogue() -> str:
    """The address of a catalogue that is there until the tests end."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(served("cards")).address


def _trial(_house: House) -> dict[str, Any]:
    return {"query": "owl", **_described(_catalogue())}


def _described(address: str) -> dict[str, Any]:
    return {"definition": json.loads(definition("cards", address))}


def _message(house: House, **fields: Any) -> dict[str, str]:
    return {"delivery_id": house.message(**fields)}


def _stranger(_house: House) -> Client:
    return Client()


def _item(**wanted: Any) -> Filled:
    return lambda house: {"item_id": house.item(**wanted)}


def _backup(house: House) -> dict[str, str]:
    return {"name": house.database_backup()}


def _items(**wanted: Any) -> Callable[[House], dict[str, list[str]]]:
    return lambda house: {"item_ids": [house.item(**wanted), "1000000"]}


def _twin(house: House) -> dict[str, str]:
    return {"folder_id": house.id_of("Twin")}


def _own_folder(house: House) -> dict[str, str]:
    return {"folder_id": house.own_folder()}


def _to_the_top(house: House) -> dict[str, Any]:
    return {"item_id": house.item(status="PENDING"), "new_position": 0}


def _picks(house: House) -> dict[str, Any]:
    """A folder that waits for this series, and one whose series has another folder."""
    twin = {"id": house.id_of("Twin"), "key": "twin-a", "site": SITE}
    nobody = {"id": house.id_of("Nobody"), "key": "show", "site": SITE}
    return {"matches": [twin, nobody]}


def _change_a_line() -> None:
    Entry.objects.filter(number=1).update(object_name="another")


def _use_the_keys() -> None:
    ApiKey.objects.update(last_activity=timezone.now())


def _read_the_feed() -> None:
    FeedKey.objects.update(last_activity=timezone.now())


def _tie(_house: House) -> dict[str, str]:
    series = get_series("show")
    tie, _ = SeriesTie.objects.get_or_create(series=series, site=SITE, site_key="other")
    return {"key": "show", "tie_id": str(tie.pk)}


def _newest_key() -> str:
    return str(ApiKey.objects.latest("pk").pk)


def _held(_house: House) -> None:
    rate_store().hold("voe voe.example", seconds=900)


def _let_rest() -> None:
    """One hoster failed too often, and another one answered."""
    down = Fault("site_down", {"why": "timed_out", "site": "VOE"})
    for _ in range(5):
        monitor.watch().note(Called("hoster:voe", "", down))
    monitor.watch().note(Called("hoster:vidmoly", "", None, 0.4, 900))
    monitor.note_media("hoster:voe", size=90_000_000, seconds=30.0)
    monitor.note_media("hoster:vidmoly", size=5_000, seconds=0.2)


def _try_the_site() -> None:
    """Its list was read; a hoster's page was not."""
    down = coded("hoster_down", why="no_address", site="VOE")
    trials.keep(
        SITE,
        [
            trials.Tried(TrialStep.LIST, seconds=0.3, found=900),
            trials.Tried(TrialStep.PLAYER, "voe", 0.2, error=down),
        ],
    )


def _shut_out(_house: House) -> None:
    refused = Fault("challenge", {"why": "check", "site": SITE, "sign": "DDoS-Guard"})
    chosen = store.load().providers.sites[SITE]
    for address in (chosen.base_url or "https://x.example", *chosen.mirrors):
        monitor.watch().note(Called(SITE, host_of(address), refused))


def _cut_our_line() -> None:
    offline = Fault("site_down", {"why": "no_names", "site": "Vidmoly"}, True, True)
    monitor.watch().note(Called("hoster:vidmoly", "", offline))


def _lifted(_house: House) -> dict[str, str]:
    """The repair whose button lifts a host's pause."""
    report = examine()
    return {"repair_id": next(one.id for one in report.findings if one.kind.code == "host_held")}


SHOW = {"key": "show"}
EPISODE = {**SHOW, "season": "1", "episode": "2"}
FIRST_ONE = {
    "library_season": 1,
    "library_first": 1,
    "library_last": 2,
    "provider_season": 1,
    "provider_first": 1,
}
TWO = {
    "serie_id": "show",
    "serie_folder": "Show (2013)",
    "episodes": [{"season": 1, "episode": 1}, {"season": 0, "episode": 1}],
}
FOLLOWED = {
    "following": {
        "follow": "SEASON",
        "season": 1,
        "ranks": ["German Dub=now", "German Sub=14"],
        "keep": "BOTH",
        "catalogue_hours": 24,
    }
}
SETUP = {"master_password": PASSWORD}
NEWER = "a light in the fog"
SPLIT, OTHER = {"key": "split-0"}, {"key": "split-1"}
# In this order: what one step changes, a later one finds.
WALK = (
    Step("ping_retrieve"),
    Step("health_retrieve"),
    Step("health_ready_retrieve", 503),
    Step("health_ready_retrieve", before=House.has_a_worker),
    Step("ws_status_retrieve"),
    Step("schema_retrieve"),
    Step("logs_list", query="level=DEBUG&lines=5"),
    Step("errors_list"),
    Step("system_repairs_retrieve"),
    Step("system_repairs_mend", place=_lifted, before=_held),
    Step("system_retrieve"),
    Step("system_roots_try_create", body=lambda _house: {"path": root_paths()[0]}),
    Step("system_retrieve", before=House.has_been_at_work),
    Step("system_caches_clear_site", place={"site": "aniworld"}),
    Step("system_caches_clear_site", 404, place={"site": "nothing"}),
    Step("system_caches_clear", place={"name": "pages"}),
    Step("system_repairs_mend", 404, place={"repair_id": "nothing"}),
    Step("jobs_list"),
    Step("jobs_retrieve", place=JOB),
    Step("jobs_retrieve", 404, place={"name": "nothing"}),
    Step("jobs_partial_update", place=JOB, body={"enabled": True, "when": "alle 6 Stunden"}),
    Step("jobs_partial_update", 400, place=JOB, body={"when": "whenever"}),
    Step("jobs_pause_create", place=JOB),
    Step("jobs_resume_create", place=JOB),
    Step("jobs_run_create", 202, place=JOB),
    Step("jobs_retrieve", place=JOB, before=House.has_run_jobs),
    Step("jobs_retrieve", place={"name": "history_cleanup"}),
    Step("jobs_list", query="page_size=2"),
    Step("jobs_list", query="page_size=2&page=2"),
    Step("jobs_list"),
    Step("scheduler_config_create", body={"enabled": True, "interval_minutes": 90}),
    Step("scheduler_config_create", body={"cron": "0 4 * * *", "auto_download": True}),
    Step("scheduler_config_retrieve"),
    Step("scheduler_preview_create", body={"when": "every day at 4"}),
    Step("scheduler_preview_create", 400, body={"when": "every minute of 4"}),
    Step("scheduler_trigger_rescan_create", 202),
    Step("notifications_targets_create", 201, body=PHONE),
    Step("notifications_targets_create", 409, body=PHONE),
    Step("notifications_targets_create", 400, body={**PHONE, "name": "Mail", "kind": "APPRISE"}),
    Step("notifications_targets_create", 400, body={**PHONE, "name": "Mail", "pace": "SLOW"}),
    Step("notifications_targets_list", before=House.has_told),
    Step("notifications_targets_retrieve", place=TARGET),
    Step("notifications_targets_retrieve", 404, place={"name": "nothing"}),
    Step("notifications_targets_partial_update", place=TARGET, body={"events": []}),
    Step("notifications_targets_partial_update", 404, place={"name": "nothing"}, body={}),
    Step("notifications_targets_partial_update", 400, place=TARGET, body={"quiet_hours": "x"}),
    Step("notifications_targets_test_create", place=TARGET),
    Step("notifications_targets_test_create", 404, place={"name": "nothing"}),
    Step("notifications_inbox_list"),
    Step("notifications_inbox_list", query="unread=true&event=new_episodes"),
    Step("notifications_inbox_list", query="page_size=1&page=2"),
    Step("notifications_inbox_list", query="page_size=1"),
    Step("notifications_inbox_read_create", body={}),
    Step("notifications_inbox_unread_create", body=lambda house: {"ids": house.inbox()}),
    Step("notifications_log_list"),
    Step("notifications_log_list", query="page_size=1&page=2"),
    Step("notifications_log_list", query="page_size=1"),
    Step("notifications_log_send_create", place=lambda house: _message(house, state="FAILED")),
    Step("notifications_log_send_create", 409, place=lambda house: _message(house, state="SENT")),
    Step("notifications_log_send_create", 404, place={"delivery_id": "0"}),
    Step("notifications_targets_destroy", 204, place=TARGET),
    Step("notifications_targets_destroy", 404, place=TARGET),
    Step("auth_status_retrieve"),
    Step("journal_audit_retrieve"),
    Step("journal_audit_retrieve", before=lambda _house: _change_a_line()),
    Step("auth_sessions_list"),
    Step("auth_keys_create", 201, body={"name": "a script", "scope": "queue", "lasts_days": 30}),
    Step("auth_keys_list"),
    Step("auth_keys_list", before=lambda _house: _use_the_keys()),
    Step("auth_keys_create", 201, body={"name": "another", "scope": "read"}),
    Step("auth_keys_list"),
    Step(
        "auth_keys_destroy",
        204,
        place=lambda _house: {"key_id": _newest_key()},
    ),
    Step("auth_keys_destroy", 404, place={"key_id": "999999"}),
    Step("auth_sessions_destroy_all", 204),
    Step("config_schema_retrieve"),
    Step("config_retrieve"),
    Step("config_environment_list"),
    Step(
        "config_folders_retrieve",
        before=House.has_a_broken_link,
        query=lambda house: f"path={Path(house.folder).parent}",
    ),
    Step("config_update", body={"downloads": {"max_retries": 4}}),
    Step("config_validate_create", body={"downloads": {"max_retries": 5}}),
    Step("config_validate_create", body={"downloads": {"max_retries": -1}}),
    Step("config_section_retrieve", place={"name": "downloads"}),
    Step("config_section_create", place={"name": "downloads"}, body={"overwrite": True}),
    Step("config_directory_create", body=lambda house: {"directory": house.folder}),
    Step("config_backups_create", 201),
    Step("config_backups_list", before=House.has_a_broken_backup),
    Step(
        "config_backups_restore_create",
        place=lambda house: {"name": house.backup()},
        body={"dry_run": True},
    ),
    Step("config_backups_destroy", 204, place=lambda house: {"name": house.backup()}),
    Step("config_export_create", body={"secrets": True}),
    Step("config_import_create", body={"config": {}, "dry_run": True}),
    Step("config_reset_create", body={"sections": ["downloads"]}),
    Step("config_settings_list", before=House.has_its_folder_by_environment),
    Step("providers_list"),
    Step("holds_list", before=lambda _house: rate_store().hold("voe voe.example", seconds=900)),
    Step("holds_destroy", place=lambda _house: {"hold_id": str(holds()[0].id)}),
    Step("holds_destroy", 404, place={"hold_id": "999999"}),
    Step("providers_partial_update", place={"name": SITE}, body={"mirrors": ["https://b.example"]}),
    Step("providers_health_retrieve", before=lambda _house: _let_rest()),
    Step("providers_trials_list", before=lambda _house: _try_the_site()),
    Step("providers_health_retrieve", before=lambda _house: _cut_our_line()),
    Step("rests_destroy", place={"name": "hoster:voe"}),
    Step("rests_destroy", 404, place={"name": "hoster:voe"}),
    Step("providers_test_create", place={"name": SITE}),
    Step("providers_test_create", place={"name": BROKEN}),
    Step(
        "providers_create",
        201,
        body={"provider": "described", "label": "Cards", **_described("http://127.0.0.1:9")},
    ),
    Step(
        "providers_definition_update",
        place={"name": "cards"},
        body=_described("http://127.0.0.1:9"),
    ),
    Step("providers_definition_retrieve", place={"name": "cards"}),
    Step("providers_definition_schema_retrieve"),
    Step("providers_trial_create", body=_trial),
    Step("providers_trial_create", body={"query": "owl", **_described("http://127.0.0.1:9")}),
    Step("providers_destroy", place={"name": "cards"}),
    Step("media_servers_list", before=House.has_media_servers),
    Step("media_servers_list", query="page_size=1"),
    Step("media_servers_list", query="page_size=1&page=2"),
    Step("media_servers_create", 201, body={"kind": "kodi", "paths": ["/srv=/media"]}),
    Step("media_servers_retrieve", place={"name": "attic"}),
    Step("media_servers_partial_update", place={"name": "attic"}, body={"token": "•••"}),
    Step("media_servers_test_create", place={"name": "attic"}),
    Step("media_servers_test_create", place={"name": "well"}),
    Step("media_servers_destroy", 204, place={"name": "kodi"}),
    Step("anime_list", query="missing=all&page_size=1"),
    Step("anime_list", query="missing=all&page_size=1&page=2"),
    Step("anime_retrieve", place=SHOW),
    Step("anime_partial_update", place=SHOW, body={"monitored": True}),
    Step("changes", before=House.has_changes, query="page_size=1"),
    Step("changes", query="page_size=1&page=2&kind=NEW"),
    Step("changes"),
    Step("anime_changes", place=SHOW, query="page_size=1"),
    Step("anime_changes", place=SHOW, query="page_size=1&page=2"),
    Step("anime_changes", place=SHOW),
    Step("numbering_list", before=House.has_split_cours, query="page_size=1"),
    Step("numbering_list", query="page_size=1&page=2"),
    Step("numbering_list"),
    Step("anime_mapping_suggestions_retrieve", place={"key": "split-0"}),
    Step(
        "anime_mapping_suggestions_dismiss_create",
        place={"key": "split-0"},
        body={"mark": SPLIT_MARK},
    ),
    Step(
        "anime_mapping_suggestions_apply_create",
        place={"key": "split-1"},
        body={"mark": SPLIT_MARK},
    ),
    Step("numbering_import", body={"content": "[]"}),
    Step(
        "numbering_import",
        body={
            "content": json.dumps(
                [
                    {"site": "aniworld", "key": "split-1", "mapping": [FIRST_ONE]},
                    {"site": SITE, "key": "nobody's", "mapping": []},
                    {"shape": "other"},
                ]
            ),
            "replace": True,
            "apply": True,
        },
    ),
    Step(
        "anime_mapping_suggestions_apply_create",
        409,
        place={"key": "split-1"},
        body={"mark": SPLIT_MARK},
    ),
    Step("anime_mapping_retrieve", place=SHOW),
    Step("anime_mapping_update", place=SHOW, body={"mapping": []}),
    Step(
        "anime_ties_compare_create",
        place=SHOW,
        body={"site": SITE, "key": "other", "numbering": [FIRST_ONE]},
    ),
    Step("anime_ties_compare_create", place=SHOW, body={"site": SITE, "key": "new"}),
    Step("anime_ties_create", 201, place=SHOW, body={"site": SITE, "key": "other"}),
    Step(
        "anime_ties_create",
        201,
        place=SHOW,
        body={"site": SITE, "key": "new", "numbering": [FIRST_ONE]},
    ),
    Step("anime_ties_list", place=SHOW),
    Step("anime_episodes_link_retrieve", 404, place=EPISODE),
    Step(
        "anime_episodes_link_update",
        place=EPISODE,
        body={"link": "https://media.example/x.mp4", "language": "German Dub"},
    ),
    Step("anime_episodes_link_retrieve", place=EPISODE),
    Step("anime_episodes_link_destroy", 204, place=EPISODE),
    Step("anime_ties_move_create", place=_tie, body={"step": 1}),
    Step("anime_ties_destroy", 204, place=_tie),
    *(
        Step("anime_episodes_evidence_retrieve", place={**SHOW, "season": "1", "episode": number})
        for number in "12345"
    ),
    Step("anime_refresh_create", place=SHOW),
    Step("anime_retrieve", place=SHOW, before=House.has_a_doubt),
    Step("anime_numbers_create", place=SHOW, body={"means": "AS_LISTED"}),
    Step("anime_search_create", body={"query": "other show"}, query="page_size=1"),
    Step("anime_search_create", body={"query": "other show"}, query="page_size=1&page=2"),
    Step("catalogue", query="page_size=1&ordering=year", before=House.has_lists),
    Step("catalogue", query="page_size=1&page=2&search=e&ordering=year"),
    Step("catalogue", query="show=gone"),
    Step("catalogue_details", body={"site": SITE, "key": "other"}),
    Step("anime_search_create", body={"query": "show"}),
    Step("anime_unmatched_list"),
    Step("anime_unmatched_list", query="page_size=1&page=2"),
    Step("anime_unmatched_list", query="ignored=true"),
    Step("unmatched_files", place=_own_folder, query="page_size=1"),
    Step("unmatched_files", place=_own_folder, query="page_size=1&page=2"),
    Step("unmatched_files", place=_own_folder),
    Step("unmatched_ignore", place=_own_folder),
    Step("unmatched_heed", place=_own_folder),
    Step("unmatched_keep", 201, place=_own_folder, body={"name": "Own", "year": 2009}),
    Step("anime_catalogue_create", place={"key": "own"}, body={"key": "new", "site": SITE}),
    Step("anime_catalogue_destroy", place={"key": "own"}),
    Step("unmatched_match_many", body=_picks),
    Step("anime_unmatch_create", place={"key": "twin-a"}),
    Step(
        "anime_unmatched_match_create",
        place=lambda house: {"folder_id": house.id_of("Twin")},
        body={"key": "twin-b", "site": SITE},
    ),
    Step("anime_create", 201, body={"key": "new", "site": SITE}),
    Step("anime_destroy", 204, place={"key": "new"}),
    Step("anime_create", 200, body={"key": "new", "site": SITE}),
    Step("anime_restore_create", place={"key": "gone"}),
    Step("anime_rescan_status_retrieve"),
    Step("rename_status_retrieve"),
    Step("rename_list", query="page_size=1"),
    Step("rename_list", query="page_size=1&page=2"),
    Step("anime_rename_retrieve", place=SHOW),
    Step("anime_rename_create", 202, place=SHOW),
    Step("rename_status_retrieve", before=House.is_under_way),
    Step("rename_cancel_create", 202),
    Step("rename_status_retrieve", before=House.has_a_failed_renaming),
    Step("rename_create", 202),
    Step("rename_status_retrieve", before=House.has_renamed),
    Step("anime_rescan_create", 202, body={}),
    Step("anime_rescan_status_retrieve", before=House.is_under_way),
    Step("roots_list"),
    Step("anime_rescan_cancel_create", 202),
    Step("anime_rescan_status_retrieve", before=House.has_a_failed_scan),
    Step("unmatched_ask", 202),
    Step("anime_rescan_status_retrieve", before=House.has_a_failed_scan),
    Step("roots_list"),
    Step("operations_list", query="page_size=1"),
    Step("operations_list", query="page_size=1&page=2"),
    Step("operations_retrieve", place=lambda house: {"operation_id": house.scan()}),
    Step("queue_status_retrieve"),
    Step("queue_status_retrieve", before=_shut_out),
    Step("queue_status_retrieve", before=House.has_quiet_hours),
    Step("queue_lift", body={"until": "today"}),
    Step("queue_lift_end"),
    Step("queue_items_list"),
    Step("queue_items_list", query="page_size=2&page=2"),
    Step("queue_add_create", 201, body=TWO),
    Step("anime_download_create", 201, place=SHOW, body={"episodes": "missing"}),
    Step("queue_start_create", body={"limit": 1}),
    Step("queue_pause_create"),
    Step("queue_resume_create"),
    Step("queue_stop_create"),
    Step("queue_hold_create", body=_items(status="PENDING")),
    Step("queue_release_create", body=_items(status="PAUSED")),
    Step("queue_now_create", body=_items(status="PENDING")),
    Step("queue_now_create", body=_items(status="PENDING")),
    Step("queue_later_create", body=_items(status="PENDING")),
    Step("queue_later_create", body=_items(status="COMPLETED")),
    Step(
        "queue_reorder_create",
        body=_to_the_top,
    ),
    Step("queue_move_create", body=lambda house: _items(status="PENDING")(house) | {"to": "TOP"}),
    Step("queue_move_create", body=lambda house: _items(status="FAILED")(house) | {"to": "bottom"}),
    Step("queue_items_list", query="language=German+Dub&q=show&day=2026-01-02"),
    Step("queue_waiting_destroy"),
    Step("queue_undo_create", body={}),
    Step("queue_item_remove", 204, place=_item(status="DOWNLOADING")),
    Step("queue_items_remove", 204, body=_items(status="PENDING", season=1)),
    Step("queue_remove_create", 204, body=_items(status="PENDING", season=1)),
    Step("queue_remove_create", 204, body=_items(status="PENDING", season=0)),
    Step("journal_undo_newest"),
    Step("journal_redo_newest"),
    Step("queue_add_create", 201, body=TWO),
    Step("queue_undo_create", body={}),
    Step("queue_items_list", query="status=FAILED"),
    Step("queue_discard", 204, place=_item(status="FAILED")),
    Step("journal_undo_create", place=lambda house: {"entry_id": house.undoable()}),
    Step("queue_take", 204, place=_item(status="FAILED")),
    Step("queue_take", 409, place=_item(quarantine="WANTED")),
    Step("queue_retry_one", place=_item(status="FAILED"), before=House.has_failed_again),
    Step("queue_retry_create", body=_items(status="COMPLETED")),
    Step("queue_completed_destroy"),
    Step("queue_failed_destroy"),
    Step("journal_undo_create", place=lambda house: {"entry_id": house.undoable()}),
    Step("journal_list", query="page_size=100"),
    Step("journal_list", query="page_size=2&mine=true"),
    Step("journal_list", query="actor=scan"),  # who set it going
    Step("journal_list", query="page_size=1&page=2"),
    Step("statistics"),
    Step("statistics", query="period=year", before=House.has_history),
    Step("calendar", before=House.has_news),
    Step("calendar", query="page_size=1&page=2&series=all"),
    Step("calendar", query="from=2026-02-01&to=2026-02-28&show=announced"),
    Step("calendar_feed"),
    Step("calendar_feed_issue", 201),
    Step("calendar_feed"),
    Step("calendar_feed", before=lambda _house: _read_the_feed()),
    Step("calendar_feed_revoke", 204),
    Step("calendar_feed_revoke", 404),
    Step("missing", query="page_size=1"),
    Step("missing", query="page_size=1&page=2&language=German Sub"),
    Step("missing_episodes", query="page_size=1"),
    Step("missing_episodes", query="page_size=1&page=2"),
    Step("missing_episodes", query="ordering=aired", before=House.has_a_day),
    Step("calendar_undated", query="page_size=1"),
    Step("calendar_undated", query="page_size=1&page=2"),
    Step("anime_partial_update", place=SHOW, body=FOLLOWED, before=House.has_nothing_queued),
    Step("following_plan", query="page_size=1&page=2"),
    Step("following_plan", query="outcome=WAIT&series=show"),
    Step("following_waiting", query="page_size=1"),
    Step("following_waiting", query="page_size=1&page=2"),
    Step("anime_plan", place=SHOW, query="page_size=1&page=2"),
    Step("anime_partial_update", place=SHOW, body={"following": {"ranks": ["German Sub=now"]}}),
    Step("following_queue", 201),
    Step("following_queue", 201, before=House.waits_for_a_language),
    Step("missing_queue", 201, body={"keys": ["show"]}),
    Step("missing_episodes", query="page_size=1"),
    Step("library_files", query="page_size=1"),
    Step("library_files", query="page_size=1&page=2", before=House.has_all_kinds_of_files),
    Step("library_files"),
    Step("library_files", query="show=duplicates&ordering=largest"),
    Step("library_files", query="show=unmatched"),
    Step("library_files", query="show=problems"),
    Step("anime_files_retrieve", place=SHOW, before=House.has_files_to_delete),
    Step("anime_files_destroy", place=SHOW, query="for_good=true"),
    Step("anime_retrieve", place=SHOW),
    Step("bin_list", query="page_size=1"),
    Step("bin_list", query="page_size=1&page=2"),
    Step("bin_list", query="series=show", before=House.has_a_file_in_the_way),
    Step("anime_wanted_create", place=SHOW, body={"wanted": True}),
    Step("bin_restore_create", body=House.binned),
    Step("bin_restore_create", body=lambda house: {**house.binned(), "taken": "NUMBERED"}),
    Step("library_files_delete", body=House.one_file),
    Step("anime_files_destroy", place=SHOW),
    Step("bin_delete_create", body=House.one_binned),
    Step("bin_empty_create"),
    Step("backups_create", 201),
    Step("backups_list"),
    Step("backups_list", before=House.has_a_damaged_backup),
    Step("backups_retrieve", place=_backup),
    Step("backups_download_retrieve", place=_backup),
    Step("backups_upload_create", 201, body=House.backup_file, content_type=ZIP),
    Step("backups_difference_retrieve", place=_backup, before=House.has_changed_since_the_backup),
    Step("backups_destroy", 204, place=_backup, before=House.has_one_user),
    Step("backups_restore_create", place=_backup),
    Step("auth_password_create", body={"current_password": PASSWORD, "new_password": NEWER}),
    Step("auth_login_create", body={"password": NEWER}, client=_stranger),
    Step("auth_sessions_list"),
    Step("auth_sessions_destroy", 204, place=lambda house: {"session_id": house.other_session()}),
    Step("queue_status_retrieve", before=House.has_a_broken_configuration),
    Step("system_repairs_retrieve", before=lambda _house: watch.look()),
    Step("auth_logout_create"),
    Step(
        "auth_setup_create",
        201,
        body={"master_password": PASSWORD},
        before=House.is_new,
        client=_stranger,
    ),
    Step(
        "setup_create",
        201,
        body={"master_password": PASSWORD},
        before=House.is_new,
        client=_stranger,
    ),
    Step("ping_retrieve", 503, before=House.has_no_database),
)
