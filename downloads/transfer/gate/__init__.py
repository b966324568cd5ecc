"""Whether a file is the episode."""

from downloads.transfer.gate.examining import CHECKS, examine
from downloads.transfer.gate.report import Expected, Report

__all__ = ["CHECKS", "Expected", "Report", "examine"]
