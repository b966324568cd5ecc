"""What every proof shares: it says in one line what it has shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

PROVED = "proved"

Prove = Callable[[str], None]


@pytest.fixture
def proved(record_property: Callable[[str, object], None]) -> Prove:
    """Called with the figures of a proof; they are printed at the end of the run."""
    return lambda line: record_property(PROVED, line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = [
        str(value)
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == PROVED
    ]
    if lines:
        terminalreporter.section("proved")
    for line in sorted(lines):
        terminalreporter.write_line(line)
