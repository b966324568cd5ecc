"""What a check of the audit part has found, in words."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext, gettext_noop

from aniworld.journal.chain import Fault

_WORDS: Final = {
    "changed": gettext_noop("Line {number} is not as it was written."),
    "missing": gettext_noop("Lines {number} to {until} are missing."),
    "end_missing": gettext_noop("The newest lines are missing, {number} to {until}."),
    "known_missing": gettext_noop("No line has the hash that you noted: lines were written anew."),
}


def fault_text(fault: Fault) -> str:
    return gettext(_WORDS[fault.kind]).format(number=fault.number, until=fault.until)
