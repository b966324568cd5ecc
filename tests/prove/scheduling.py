"""A scheduler in a process of its own, one of whose jobs has another limit.

python -m tests.prove.scheduling JOB SECONDS
"""

# ruff: noqa: E402 (the apps must be ready before what follows imports their models)

from __future__ import annotations

import os
import sys
import threading
from dataclasses import replace
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aniworld.settings")

import django

django.setup()

from aniworld.system.schedule.jobs import job_named
from aniworld.system.schedule.scheduler import Scheduler, serve

if __name__ == "__main__":
    name, seconds = sys.argv[1:]
    job = job_named(name)
    assert job is not None
    hurried = replace(job, limit=timedelta(seconds=float(seconds)))
    serve(Scheduler(jobs=(hurried,)), threading.Event())
