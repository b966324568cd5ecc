"""What can be done with the library. Commands, API, pages and downloads call these alone."""

from library.services.arrivals import episode_arrived
from library.services.local import give_catalogue, keep_folder, release_series, unkeep
from library.services.lookup import (
    get_episode,
    get_series,
    missing_numbers,
    search_sites,
)
from library.services.refresh import decide_numbers, refresh_now, refresh_series
from library.services.roots import series_directory
from library.services.series import (
    add_series,
    change_series,
    remove_series,
    restore_series,
    set_mapping,
    set_monitored,
)
from library.services.suggestions import apply_suggestion, dismiss_suggestion
from library.services.unmatched import (
    ask_again,
    heed_folder,
    ignore_folder,
    match_folder,
    unmatch_series,
)

__all__ = [
    "add_series",
    "apply_suggestion",
    "ask_again",
    "change_series",
    "decide_numbers",
    "dismiss_suggestion",
    "episode_arrived",
    "get_episode",
    "get_series",
    "give_catalogue",
    "heed_folder",
    "ignore_folder",
    "keep_folder",
    "match_folder",
    "missing_numbers",
    "refresh_now",
    "refresh_series",
    "release_series",
    "remove_series",
    "restore_series",
    "search_sites",
    "series_directory",
    "set_mapping",
    "set_monitored",
    "unkeep",
    "unmatch_series",
]
