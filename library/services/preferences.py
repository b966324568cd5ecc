"""Which languages and hosters a series may be given to prefer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aniworld.config.checks import is_language
from aniworld.web.errors import FieldError
from library.errors import InvalidPreferences
from providers.base import HOSTER_NAMES, Language

_SHOWN = 80  # characters of what is no name


def preference_faults(changes: Mapping[str, Any]) -> list[FieldError]:
    """What is wrong with the ``languages`` and ``hosters`` among ``changes``; case does not matter.

    The fields are named as the API has them: ``preferences.hosters.0``.
    """
    languages, hosters = changes.get("languages", ()), changes.get("hosters", ())
    strange = [index for index, name in enumerate(languages) if not is_language(name)]
    unread = [index for index, name in enumerate(hosters) if name.casefold() not in HOSTER_NAMES]
    return [
        *_faults("unknown_language", "languages", strange, languages, list(Language)),
        *_faults("unknown_hoster", "hosters", unread, hosters, HOSTER_NAMES),
    ]


def refuse_unknown(changes: Mapping[str, Any]) -> None:
    """Raise ``InvalidPreferences`` where a language or a hoster among ``changes`` is not known."""
    if faults := preference_faults(changes):
        first = faults[0]
        entry, known = first.params["entry"], first.params["known"]
        raise InvalidPreferences(errors=faults, why=first.code, entry=entry, known=known)


def _faults(
    code: str, field: str, wrong: Sequence[int], names: Sequence[str], known: Sequence[str]
) -> Iterator[FieldError]:
    for index in wrong:
        facts = {"entry": names[index][:_SHOWN], "known": [str(name) for name in known]}
        yield FieldError(f"preferences.{field}.{index}", code, facts)
