"""What was stored as a sentence becomes a code: by its meaning where that is certain, else the
sentence is kept as it was told. Backward, codes become English sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import translation

from aniworld.web.texts import text

AT_ONCE = 500

# The sentences of the name reader; those of decimals named the number.
NAMES = {
    "no season or episode number in the name": "name_without_number",
    "longer than a name or path can be": "name_too_long",
    "the name is a random string or a camera's": "name_at_random",
    "names a season, no episode": "name_of_season",
    "names several seasons, no episode": "name_of_several_seasons",
    "a film or special without a number": "name_of_film",
    "names a date, not an episode": "name_of_date",
    "an opening, ending or trailer, not an episode": "name_of_opening",
    "a volume holds several episodes, the name does not say which": "name_of_volume",
}
DECIMAL, ANY_NAME = "name_with_decimal", "name_without_number"
MEDIA = {
    "No film can be read from the file: it is damaged, not complete or something else.": (
        "media_no_film"
    ),
    "The file has no picture, only sound or subtitles.": "media_no_picture",
}
MESSAGES = {
    "Looking through the library folders": "scan_looking",
    "Reading folders": "scan_reading",
    "Looking for series": "scan_matching",
}
REASONS = {
    "same title": "same_title",
    "same as another title": "same_other_title",
    "similar title": "similar_title",
    "same year": "same_year",
}
_ID = re.compile(r"(same|another) (\w+) id")
_YEAR = re.compile(r"another year: (\d+), the folder says (\d+)")
# What a root was frozen by says more than the code its error had.
FROZEN = {"root_changed": "root_unavailable", "other_disk": "mass_removal"}


def as_told(sentence: str) -> dict[str, str]:
    return {"why": "as_told", "text": sentence}


def in_english(code: str, params: dict[str, Any] | None) -> str:
    with translation.override("en"):
        return text(code, params)


def to_codes(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    series, roots, files, folders, scans = _models(apps)
    _rewrite(series.exclude(error=""), ["error_code", "error_params"], _series_to_code)
    _rewrite(roots.exclude(error=""), ["error_code", "error_params"], _root_to_code)
    _names_to_codes(files)
    _media_to_codes(files)
    _rewrite(folders, ["detail_code", "detail_params", "candidates"], _folder_to_code)
    changed = ["error_params", "message_code", "message_params", "problems"]
    _rewrite(scans, changed, _scan_to_code)


def to_sentences(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    series, roots, files, folders, scans = _models(apps)
    _rewrite(series.exclude(error_code=""), ["error"], _error_to_sentence)
    _rewrite(roots.exclude(error_code=""), ["error"], _error_to_sentence)
    for code in files.exclude(problem="").values_list("problem", flat=True).distinct():
        files.filter(problem=code).update(problem=in_english(code, None)[:200])
    _rewrite(files.exclude(media_problem=""), ["media_problem"], _media_to_sentence)
    _rewrite(folders, ["detail", "candidates"], _folder_to_sentence)
    _rewrite(scans, ["error", "message", "problems"], _scan_to_sentence)


def _models(apps: Apps) -> Iterator[models.QuerySet[Any]]:
    for name in ("AnimeSeries", "LibraryRoot", "MediaFile", "UnmatchedFolder", "ScanOperation"):
        yield apps.get_model("library", name).objects.order_by()


def _rewrite(rows: models.QuerySet[Any], columns: list[str], change: Any) -> None:
    changed = []
    for row in rows.iterator(AT_ONCE):
        change(row)
        changed.append(row)
    rows.model.objects.bulk_update(changed, columns, batch_size=AT_ONCE)


def _series_to_code(row: Any) -> None:
    row.error_code = row.error_code or "provider_error"
    row.error_params = as_told(row.error)


def _root_to_code(row: Any) -> None:
    reason = row.frozen_reason or "root_unavailable"
    row.error_code, row.error_params = FROZEN.get(reason, reason), as_told(row.error)


def _error_to_sentence(row: Any) -> None:
    row.error = in_english(row.error_code, row.error_params)


def _names_to_codes(files: models.QuerySet[Any]) -> None:
    unread = files.exclude(problem="")
    for sentence, code in NAMES.items():
        unread.filter(problem=sentence).update(problem=code)
    unread.filter(problem__startswith="decimal ").update(problem=DECIMAL)
    unread.exclude(problem__in=[*NAMES.values(), DECIMAL]).update(problem=ANY_NAME)


def _media_to_codes(files: models.QuerySet[Any]) -> None:
    damaged = files.exclude(media_problem="")
    for sentence, code in MEDIA.items():
        damaged.filter(media_problem=sentence).update(media_problem=code)
    others = damaged.exclude(media_problem__in=MEDIA.values())
    for sentence in others.values_list("media_problem", flat=True).distinct():
        others.filter(media_problem=sentence).update(
            media_problem="media_not_opened", media_problem_params=as_told(sentence)
        )


def _media_to_sentence(row: Any) -> None:
    row.media_problem = in_english(row.media_problem, row.media_problem_params)[:200]


def _folder_to_code(row: Any) -> None:
    if row.detail:
        row.detail_code, row.detail_params = "unmatched_detail", as_told(row.detail)
    if row.reason == "WRONG_SERIES" and row.detail.startswith("not "):
        row.detail_code = "other_series"
        row.detail_params = {"name": row.detail.removeprefix("not ")}
    for candidate in row.candidates:
        candidate["reasons"] = [_reason_to_code(told) for told in candidate.get("reasons", ())]


def _reason_to_code(told: str) -> dict[str, Any]:
    if told in REASONS:
        return {"code": REASONS[told], "params": {}}
    if found := _ID.fullmatch(told):
        return {"code": f"{found[1]}_id", "params": {"kind": found[2]}}
    if found := _YEAR.fullmatch(told):
        years = {"year": int(found[1]), "folder_year": int(found[2])}
        return {"code": "another_year", "params": years}
    return {"code": "candidate_reason", "params": as_told(told)}


def _folder_to_sentence(row: Any) -> None:
    row.detail = in_english(row.detail_code, row.detail_params)
    for candidate in row.candidates:
        candidate["reasons"] = [
            in_english(reason["code"], reason["params"]) for reason in candidate["reasons"]
        ]


def _scan_to_code(row: Any) -> None:
    if row.error:
        row.error_params = as_told(row.error)
    if row.message:
        row.message_code, row.message_params = _message_to_code(row.message)
    row.problems = [
        {"path": told["path"], "code": told["code"], "params": as_told(told["reason"])}
        for told in row.problems
    ]


def _message_to_code(message: str) -> tuple[str, dict[str, str]]:
    if message.startswith("Asking "):
        return "scan_asking", {"site": message.removeprefix("Asking ")}
    if message in MESSAGES:
        return MESSAGES[message], {}
    return "scan_looking", as_told(message)


def _scan_to_sentence(row: Any) -> None:
    _error_to_sentence(row)
    row.message = in_english(row.message_code, row.message_params)
    row.problems = [
        {
            "path": problem["path"],
            "code": problem["code"],
            "reason": in_english(problem["code"], problem["params"]),
        }
        for problem in row.problems
    ]


class Migration(migrations.Migration):
    dependencies = [("library", "0007_codes_and_parameters")]

    operations = [migrations.RunPython(to_codes, to_sentences)]
