"""What the library's codes say where a sentence depends on more than a template can hold."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from aniworld.web.texts import Params, Text


def mass_removal(params: Params) -> str:
    """What has gone of each library folder, and what to do about it."""
    roots = params.get("roots", ())
    what = _(
        "They count as unavailable and nothing of them is queued. If they were deleted on "
        'purpose, confirm the removal: press "They were removed on purpose" on the library page, '
        "or run manage.py rescan --accept-removals. Else bring the disk back and scan again."
    )
    return " ".join([*map(_lost_of_root, roots), what])


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


TEXTS: dict[str, Text] = {
    "mass_removal": mass_removal,
    "range.absolute": gettext_noop(
        "absolute {library_first} to {library_last} → season {provider_season} from "
        "{provider_first}"
    ),
    "range.season": gettext_noop(
        "season {library_season}, {library_first} to {library_last} → season {provider_season} "
        "from {provider_first}"
    ),
}
