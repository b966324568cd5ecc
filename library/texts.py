"""What the library's codes say, but for its errors: those say it themselves."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from aniworld.web import display
from aniworld.web.texts import Params, Text, text


def mass_removal(params: Params) -> str:
    """What has gone of each library folder, and what to do about it."""
    roots = params.get("roots", ())
    what = _(
        "They count as unavailable and nothing of them is queued. If they were deleted on "
        'purpose, confirm the removal: press "They were removed on purpose" on the library page, '
        "or run manage.py rescan --accept-removals. Else bring the disk back and scan again."
    )
    signs = dict.fromkeys(root.get("sign", "") for root in roots)
    looks = [text(sign) for sign in signs if sign]
    return " ".join([*map(_lost_of_root, roots), *looks, what])


def _lost_of_root(root: Params) -> str:
    words = _("{gone} of {known} known files have gone from {path}.")
    series = _series_named(root)
    if series:
        words = _("{gone} of {known} known files have gone from {path}: {series}.")
    told = words.format(series=series, **{name: root[name] for name in ("gone", "known", "path")})
    if not root["is_other_disk"]:
        return told
    disk = _("{path} is not the disk it was at the last scan.").format(path=root["path"])
    return f"{disk} {told}"


def _series_named(root: Params) -> str:
    each = _("{name} ({key}): {gone} of {known}")
    named = "; ".join(each.format(**series) for series in root["series"])
    if not root["more"]:
        return named
    more = ngettext("and {count} more", "and {count} more", root["more"])
    return f"{named} {more.format(count=root['more'])}"


def files_without_episode(params: Params) -> str:
    words = ngettext(
        "One file of the series could not be assigned to any episode.",
        "{count} files of the series could not be assigned to any episode.",
        params["count"],
    )
    return words.format(count=params["count"])


def numbers_by_titles(params: Params) -> str:
    words = ngettext(
        "{agree} of {known} title in the names of files is that of the episode.",
        "{agree} of {known} titles in the names of files are those of the episodes.",
        params["known"],
    )
    return words.format(agree=params["agree"], known=params["known"])


def name_read(params: Params) -> str:
    """How a file's name was read and where that leads, as one sentence.

    "Read as season 1, episode 4."; "Read as absolute number 4, counted over all seasons → S01E04."
    """
    if not params["episodes"] and not params["absolute"]:
        return _("Its name gives no episode number.")
    read = _numbers_read(params)
    if not params["numbers"]:
        return _("Read as {numbers}.").format(numbers=read)
    return _("Read as {numbers}, {how} → {episodes}.").format(
        numbers=read,
        how=_(_HOW.get(params["how"], "")),
        episodes=", ".join(display.episode_code(*number) for number in params["numbers"]),
    )


def _numbers_read(params: Params) -> str:
    season, numbers = params["season"], params["episodes"]
    if numbers and season is not None:
        specials = _("the specials (season 0), {episodes}")
        words = _("season {season}, {episodes}") if season else specials
        return words.format(season=season, episodes=_episodes(numbers))
    if params["absolute"]:
        return _absolute(params["absolute"])
    return _("{episodes} without a season").format(episodes=_episodes(numbers))


def _episodes(numbers: Sequence[int]) -> str:
    """One number, a run of numbers, or some: "episode 4", "episodes 4 to 6"."""
    words = {
        "one": _("episode {last}"),
        "run": _("episodes {first} to {last}"),
        "some": _("episodes {others} and {last}"),
    }
    return _listed(words[_kind_of(numbers)], numbers)


def _absolute(numbers: Sequence[int]) -> str:
    words = {
        "one": _("absolute number {last}"),
        "run": _("absolute numbers {first} to {last}"),
        "some": _("absolute numbers {others} and {last}"),
    }
    return _listed(words[_kind_of(numbers)], numbers)


def _kind_of(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return "one"
    is_run = list(numbers) == list(range(numbers[0], numbers[-1] + 1)) and len(numbers) > 2
    return "run" if is_run else "some"


def _listed(words: str, numbers: Sequence[int]) -> str:
    others = ", ".join(map(str, numbers[:-1]))
    return words.format(first=numbers[0], last=numbers[-1], others=others)


# The steps that lead to an episode, within a sentence.
_HOW = {
    "placed_by_own_numbering": gettext_noop("by the series' own numbering"),
    "placed_after_seasons_before": gettext_noop("counted over the seasons before"),
    "placed_over_all_seasons": gettext_noop("counted over all seasons"),
}

TEXTS: dict[str, Text] = {
    "mass_removal": mass_removal,
    "range.absolute": gettext_noop(
        "absolute {library_first} to {library_last} → season {provider_season} from "
        "{provider_first}"
    ),
    "range.absolute_aside": gettext_noop(
        "numbers over all seasons, {library_first} to {library_last} → no episode"
    ),
    "range.season_aside": gettext_noop(
        "season {library_season}, {library_first} to {library_last} → no episode"
    ),
    "range.season": gettext_noop(
        "season {library_season}, {library_first} to {library_last} → season {provider_season} "
        "from {provider_first}"
    ),
    # What the losses of many series look like.
    "losses_of_a_pool": gettext_noop(
        "Several series have lost files at once, as where a disk of a pool is away."
    ),
    "losses_by_and_by": gettext_noop(
        "Scan by scan, series have lost episodes from their middle, as where a disk is dying."
    ),
    "losses_beside_others": gettext_noop(
        "Other series wait for your word already; this may have gone with the same disk."
    ),
    # What a scan is at.
    "scan_looking": gettext_noop("Looking through the library folders"),
    "scan_reading": gettext_noop("Reading folders"),
    "scan_matching": gettext_noop("Looking for series"),
    "scan_asking": gettext_noop("Asking {site}"),
    # What a renaming is at, and why a file keeps its name.
    "renaming_files": gettext_noop("Renaming files"),
    "rename_elsewhere": gettext_noop("It lies outside the folder of its series."),
    "rename_unavailable": gettext_noop("It was not on its disk at the last scan."),
    "rename_gone": gettext_noop("It is not where it was at the last scan. Scan again."),
    "rename_disc": gettext_noop("It is a part of a disc: the disc would not play any more."),
    "rename_several": gettext_noop("It holds several episodes; the template names one."),
    "rename_unsure": gettext_noop(
        "Its name gives no season, and the catalogue was never read: nobody knows which it is of."
    ),
    "rename_misread": gettext_noop("No name was found that would be read as this episode again."),
    "rename_taken": gettext_noop("Another file has the name: {path}"),
    # What of the disk could not be read; each follows the path.
    "not_utf8": gettext_noop("has a name that is not valid UTF-8; rename it"),
    "path_too_long": gettext_noop("is too long a path ({size} bytes)"),
    "unreadable_file": gettext_noop("cannot be read: {errno}"),
    "unreadable_folder": gettext_noop("cannot be read: {errno}"),
    "empty_file": gettext_noop("is empty (0 bytes)"),
    "not_a_file": gettext_noop("is not a regular file"),
    "link_loop": gettext_noop("is a link to a folder that is read already"),
    "broken_link": gettext_noop("leads nowhere: {errno}"),
    "being_written": gettext_noop("is still being written"),
    # What is passed over by its name alone, and how much of it.
    "passed_over": gettext_noop("passed over:"),
    "passed_hidden": gettext_noop("hidden files: {count}"),
    "passed_unfinished": gettext_noop("still being written, or left behind so: {count}"),
    "passed_extra": gettext_noop("trailers, samples and other extras by their names: {count}"),
    "passed_hidden_folder": gettext_noop("hidden folders: {count}"),
    "passed_system_folder": gettext_noop("folders of file servers and media servers: {count}"),
    "passed_extras_folder": gettext_noop("folders of extras: {count}"),
    "passed_unpacking": gettext_noop("folders that are being unpacked, or failed to be: {count}"),
    "passed_stream": gettext_noop(
        "files that only name an address (.strm); no video is on disk: {count}"
    ),
    "passed_packed": gettext_noop("archives, which nobody looks into: {count}"),
    "passed_uncommon": gettext_noop("videos of an uncommon kind: {count}"),
    "passed_disc_piece": gettext_noop(
        "pieces of discs, of each of which the largest is listed: {count}"
    ),
    # Whether the times of folders are believed to tell that nothing in them has changed.
    "times_kept": gettext_noop(
        "{kind} moves a folder's time with every change in it: only folders whose time has moved "
        "are read, and a sample of the others."
    ),
    "times_earned": gettext_noop(
        "The last {kept} folders that changed have all moved their time: only such folders are "
        "read, and a sample of the others."
    ),
    "times_lied": gettext_noop(
        "{path} changed and its time did not move: the names in every folder are read."
    ),
    "times_of_kind": gettext_noop(
        "{kind} does not always move a folder's time when something in it changes: the names in "
        "every folder are read."
    ),
    "times_unknown": gettext_noop(
        "It is not known whether this file system moves a folder's time when something in it "
        "changes: the names in every folder are read."
    ),
    # Why no episode was read from a name; each follows the path.
    "name_without_number": gettext_noop("no season or episode number in the name"),
    "name_too_long": gettext_noop("longer than a name or path can be"),
    "name_at_random": gettext_noop("the name is a random string or a camera's"),
    "name_of_season": gettext_noop("names a season, no episode"),
    "name_of_several_seasons": gettext_noop("names several seasons, no episode"),
    "name_of_film": gettext_noop("a film or special without a number"),
    "name_with_decimal": gettext_noop("a decimal number: a recap or special between two episodes"),
    "name_of_date": gettext_noop("names a date, not an episode"),
    "name_of_opening": gettext_noop("an opening, ending or trailer, not an episode"),
    "name_of_volume": gettext_noop("a volume holds several episodes, the name does not say which"),
    "name_in_extras": gettext_noop("in a folder of openings, trailers or other extras"),
    "name_of_disc_piece": gettext_noop("a piece of a disc: its number is no episode's"),
    # Where a file's numbers lead, or why nowhere.
    "no_episode_number": gettext_noop("The name gives no episode number."),
    "catalogue_too_short": gettext_noop("The catalogue lists fewer than {number} episodes."),
    "number_set_aside": gettext_noop(
        "Its number was that of an episode which the catalogue lists no more; another one has it "
        "now, so the file counts for none."
    ),
    "placed_as_named": gettext_noop("season and episode as named"),
    "placed_by_own_numbering": gettext_noop("the series' own numbering"),
    "placed_after_seasons_before": gettext_noop("counted over the seasons before"),
    "placed_over_all_seasons": gettext_noop("counted over all seasons"),
    # Why a file cannot be played.
    "media_reading": gettext_noop("Reading what new files hold."),
    "media_read": gettext_noop("{files} files were looked into."),
    "removal_held": gettext_noop(
        "Most files of {count} series have gone. Until you confirm that, they count as unavailable."
    ),
    "media_no_film": gettext_noop(
        "No film can be read from the file: it is damaged, not complete or something else."
    ),
    "media_no_picture": gettext_noop("The file has no picture, only sound or subtitles."),
    "media_too_much": gettext_noop(
        "The file took more time or memory to be read than a film does, or broke its reader."
    ),
    "media_outside": gettext_noop(
        "The file is a link to {target}, outside the library: it was not read. If it may be, add "
        'to "library" in config.json: "link_targets": ["{folder}"]'
    ),
    "media_not_opened": gettext_noop("The file cannot be opened: {errno}."),
    # Side files, and what a folder is taken for.
    "unreadable_side_file.unreadable": gettext_noop("The file {name} cannot be read: {errno}."),
    "unreadable_side_file.outside": gettext_noop(
        "The file {name} is a link to {target}, outside the library: it was not read. If it may "
        'be, add to "library" in config.json: "link_targets": ["{folder}"]'
    ),
    "unreadable_side_file.no_file": gettext_noop("{name} is not a file: nothing was read from it."),
    "unreadable_side_file.too_large": gettext_noop("The file {name} is larger than 1 MB."),
    "unreadable_side_file.no_key": gettext_noop("The file {name} holds no key."),
    "unreadable_side_file.no_json": gettext_noop("The file {name} is no JSON that can be read."),
    "unreadable_side_file.no_object": gettext_noop("The file {name} is no JSON object."),
    "unreadable_side_file.entities": gettext_noop("The file {name} declares entities."),
    "key_unknown": gettext_noop("The key file names {key}: {error}"),
    "series_removed": gettext_noop("{name} was removed from the library; restore it first."),
    "series_elsewhere": gettext_noop(
        "{name} is in the folder {folder} already. "
        "A series has one folder: move the files there, then scan again."
    ),
    "series_elsewhere.root": gettext_noop(
        "{name} is in the folder {folder} of {root} already. "
        "A series has one folder: move the files there, then scan again."
    ),
    "other_series": gettext_noop("not {name}"),
    # Why a candidate may be meant.
    "same_title": gettext_noop("same title"),
    "same_other_title": gettext_noop("same as another title"),
    "similar_title": gettext_noop("similar title"),
    "same_year": gettext_noop("same year"),
    "another_year": gettext_noop("another year: {year}, the folder says {folder_year}"),
    "same_id": gettext_noop("same {kind} id"),
    "another_id": gettext_noop("another {kind} id"),
    # Which numbering may be meant, and what speaks for it.
    "numbers_split": gettext_noop(
        "The files go on counting in season {seasons}, up to {last}. What they count from {first} "
        "on, the catalogue lists in season {targets}."
    ),
    "numbers_joined": gettext_noop(
        "The files have a season {seasons}, from {first} on, whose episodes the catalogue lists in "
        "season {targets}."
    ),
    "numbers_counted_on": gettext_noop(
        "The files of season {seasons} count from {first} on. The catalogue counts them anew, in "
        "season {targets}."
    ),
    "numbers_counted_on.over_all": gettext_noop(
        "The files count on over all seasons, from {first} on. The catalogue counts them anew, in "
        "season {targets}."
    ),
    "numbers_specials": gettext_noop(
        "From {first} on the numbers in season {seasons} differ: a recap or a special is counted "
        "among the episodes on one side alone."
    ),
    "numbers_specials.over_all": gettext_noop(
        "From {first} on the numbers over all seasons differ: a recap or a special is counted "
        "among the episodes on one side alone."
    ),
    "numbers_by_titles": numbers_by_titles,
    "numbers_by_counts": gettext_noop("There are just as many files as episodes."),
    "numbers_by_place": gettext_noop(
        "Only the numbers speak for it: look at the files before you apply it."
    ),
    # Why an episode has its state, and why a file does not count.
    "episode_present": gettext_noop("A file for it is on disk."),
    "episode_unavailable": gettext_noop(
        "Its file is known, but was not on its disk at the last scan."
    ),
    "episode_announced": gettext_noop("The catalogue lists it, but nobody offers it yet."),
    "episode_missing": gettext_noop(
        "The catalogue lists it with a source, and no file for it is on disk."
    ),
    "episode_not_listed": gettext_noop("The catalogue does not list it."),
    "episode_without_catalogue": gettext_noop(
        "The series has no catalogue: its episodes are what the names of its files say."
    ),
    "series_not_monitored": gettext_noop("The series is not monitored."),
    "episode_unwanted": gettext_noop(
        "You have deleted its file: it does not count as missing, and nothing queues it by itself."
    ),
    "files_without_episode": files_without_episode,
    "name_read": name_read,
    "file_not_counted.yet": gettext_noop("It has not been counted yet; the next scan decides."),
    "file_not_counted.away": gettext_noop(
        "It was not on its disk at the last scan; the other file was."
    ),
    "file_not_counted.older": gettext_noop("The other file is a newer version (v{version})."),
    "file_not_counted.smaller": gettext_noop("The other file is larger."),
    "file_not_counted.alike": gettext_noop("Both are alike; one of them had to be chosen."),
}
