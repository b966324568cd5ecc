#!/usr/bin/env python
"""Django's command line for Aniworld."""

import gc
import os
import sys

from django.core.management import execute_from_command_line

from aniworld.console.output import open_closed_streams


def main() -> None:
    """Run a command. What its user can mend is said in one line; ``--traceback`` shows the rest."""
    try:
        execute_from_command_line(sys.argv)
    except SystemExit as ended:
        if sys.argv[1:2] != ["doctor"] or not isinstance(ended.code, str):
            raise
        _tell_what_keeps_it_from_starting(ended.code)
    except Exception as error:
        from aniworld.database.troubles import fault_line  # noqa: PLC0415 - seldom needed

        line = fault_line(error)
        if line is None or "--traceback" in sys.argv:
            raise
        sys.exit(line)


def _tell_what_keeps_it_from_starting(line: str) -> None:
    """The doctor has an answer also where the settings cannot be read."""
    from django.conf import settings  # noqa: PLC0415 - seldom needed

    settings.configure(USE_I18N=False)  # whatever is imported now may ask for some
    from aniworld.system.unstarted import told  # noqa: PLC0415 - as above

    answer, code = told(line, sys.argv[2:])
    sys.stdout.write(answer)
    sys.exit(code)


if __name__ == "__main__":
    # What is loaded stays: to look for garbage among it, again and again, is a tenth of the start.
    # Our own commands go back to the usual when they begin (aniworld.journal.commands).
    gc.set_threshold(100_000)
    open_closed_streams()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aniworld.settings")
    main()
