"""What calls of a site fail of, in a few words each: sentences need facts that a count has not."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WORDS: Mapping[str, str | Promise] = {
    "provider_error": _("Failed in another way"),
    "site_down": _("Did not answer, or with an error"),
    "site_resting": _("Was left alone"),
    "rate_limited": _("Asked to wait"),
    "challenge": _("Wanted a check in the browser"),
    "blacklisted": _("Took us for spam"),
    "markup_changed": _("Page has changed"),
    "definition_mismatch": _("Page does not fit the definition"),
    "definition_invalid": _("Definition is wrong"),
    "trial_ended": _("Took too long for a trial"),
    "feed_invalid": _("Feed is wrong"),
    "feed_unreadable": _("File cannot be read"),
    "not_found": _("Does not have it"),
    "nothing_found": _("Search does not find it"),
    "address_refused": _("Address is not allowed"),
    "response_too_large": _("Answer was too large"),
    "unexpected_answer": _("Answer was an unexpected one"),
    "unknown_provider": _("Site is switched off"),
    "hoster_error": _("Hoster failed"),
    "hoster_down": _("Hoster did not answer"),
    "hoster_file_gone": _("Film is gone"),
    "hoster_blocked": _("Hoster refused"),
    "hoster_decoder_outdated": _("Player has changed"),
    "hoster_unsupported": _("Hoster is not known"),
}


def fault_words(code: str) -> str:
    """What a code means; the code itself where a later version has counted it."""
    return str(_WORDS.get(code, code))
