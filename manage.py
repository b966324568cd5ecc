#!/usr/bin/env python
"""Django's command line for Aniworld."""

import os
import sys

from django.core.management import execute_from_command_line

from aniworld.console.output import open_closed_streams

if __name__ == "__main__":
    open_closed_streams()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aniworld.settings")
    execute_from_command_line(sys.argv)
