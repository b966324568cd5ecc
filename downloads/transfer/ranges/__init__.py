"""The engine for plain files: in parts over several connections where their server allows it."""

from downloads.transfer.ranges.engine import RangesEngine

__all__ = ["RangesEngine"]
