"""What can be wrong with a rhythm that somebody wrote."""

from __future__ import annotations

from providers.coded import CodedError, gettext_noop


class RhythmUnreadable(CodedError):
    """It is none, or none that may be. ``permanent`` in that writing it again changes nothing."""

    code = "rhythm"
    texts = {
        "empty": gettext_noop("Say when, for instance: every day at 4."),
        "too_long": gettext_noop("Must have at most {most} characters."),
        "unknown_word": gettext_noop(
            "“{word}” is not understood here. Write for instance “every day at 4”, “mondays and "
            "thursdays at 18:30”, “every 6 hours”, or a cron expression such as 0 4 * * *."
        ),
        "not_understood": gettext_noop(
            "This is not understood. Write for instance “every day at 4”, “mondays and thursdays "
            "at 18:30”, “every 6 hours”, or a cron expression such as 0 4 * * *."
        ),
        "no_time": gettext_noop("Say at what time of the day, for instance: every day at 4."),
        "no_time_of_day": gettext_noop(
            "What comes every few minutes or hours has no time of the day."
        ),
        "bad_time": gettext_noop("{time} is no time of the day."),
        "bad_day": gettext_noop("No month has a day {day}."),
        "one_time": gettext_noop("What comes every few days can have one time of the day only."),
        "bad_cron": gettext_noop(
            "{part} of the cron expression cannot be read. Its five parts are minute, hour, day of "
            "the month, month and day of the week."
        ),
        "never": gettext_noop("This never comes."),
        "too_often": gettext_noop("This comes more often than every {minutes} minutes."),
        "too_seldom": gettext_noop("This comes less often than once in {days} days."),
    }
