"""What quiet hours and budgets say."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from aniworld.web.texts import Text
from downloads.quiet.decision import Why

TEXTS: Mapping[str, Text] = {
    Why.QUIET_HOURS: _("These are quiet hours: nothing is fetched."),
    Why.GB_A_DAY: _("As many gigabytes were fetched today as may be a day."),
    Why.GB_A_MONTH: _("As many gigabytes were fetched this month as may be a month."),
    Why.EPISODES_A_DAY: _("As many episodes were fetched today as may be a day."),
    Why.EPISODES_A_MONTH: _("As many episodes were fetched this month as may be a month."),
}
