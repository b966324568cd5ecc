"""The facts of a verdict, from the configuration and the database."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from aniworld.config import store
from aniworld.config.schema import DownloadSettings
from aniworld.rhythm import windows
from downloads.models import QueueState
from downloads.quiet import ledger
from downloads.quiet.decision import GIGABYTE, Budget, Lifted, Rules, Used, Verdict, Why, decide


def rules() -> Rules:
    """What is set now. No part of a transaction: it may read the file.

    Raises:
        ConfigError: the configuration cannot be read.
    """
    return rules_of(store.load().downloads)


def rules_of(settings: DownloadSettings) -> Rules:
    """What some settings say."""
    return Rules(
        windows=tuple(map(windows.read, settings.quiet_hours)),
        limit=settings.limit_kb_per_second,
        budgets=tuple(budget for budget in _budgets(settings) if budget.most),
        stops=settings.when_quiet_begins == "STOP",
    )


def verdict(known: Rules, state: QueueState, now: datetime) -> Verdict:
    """What holds at ``now``. Where no budget is set, it costs no query."""
    used = ledger.used(now) if known.budgets else Used()
    lifted = Lifted(state.lifted_since, state.lifted_until)
    return decide(known, used, lifted, now, timezone.get_default_timezone())


def _budgets(settings: DownloadSettings) -> tuple[Budget, ...]:
    return (
        Budget(Why.GB_A_DAY, settings.budget_gb_a_day * GIGABYTE),
        Budget(Why.GB_A_MONTH, settings.budget_gb_a_month * GIGABYTE),
        Budget(Why.EPISODES_A_DAY, settings.budget_episodes_a_day),
        Budget(Why.EPISODES_A_MONTH, settings.budget_episodes_a_month),
    )
