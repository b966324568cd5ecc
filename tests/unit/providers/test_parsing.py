"""What the first page would wait for, and what is done before."""

from __future__ import annotations

import subprocess
import sys


def test_what_is_made_ready_the_first_page_does_not_wait_for() -> None:
    """In a process of its own: here other tests have asked for pages already."""
    program = """
import re
from providers.parsing import make_ready, parsed

compiled, work = [], re._compiler.compile
re._compiler.compile = lambda *args: compiled.append(args) or work(*args)
page = "<ul><li class='a b' data-c='d'><a href='x'>y</a></ul>"
make_ready()
print(len(compiled) > 5)
compiled.clear()
assert parsed(page, url="").select("li.a.b[data-c] > a[href]")
print(compiled)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "True\n[]\n"
