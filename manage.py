#!/usr/bin/env python
"""Django's command line for Aniworld."""

import gc
import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    # Commands make much that stays and few cycles: to look for them often costs a scan a tenth.
    gc.set_threshold(100_000)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aniworld.settings")
    execute_from_command_line(sys.argv)
