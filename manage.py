#!/usr/bin/env python
"""Django's command line for Aniworld."""

import gc
import os
import sys

from django.core.management import execute_from_command_line

from aniworld.console.output import open_closed_streams

if __name__ == "__main__":
    # What is loaded stays: to look for garbage among it, again and again, is a tenth of the start.
    # Our own commands go back to the usual when they begin (aniworld.journal.commands).
    gc.set_threshold(100_000)
    open_closed_streams()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aniworld.settings")
    execute_from_command_line(sys.argv)
