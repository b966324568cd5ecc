"""Feeds into one file, each track followed by itself."""

from downloads.transfer.mux.inputs import FileFeed
from downloads.transfer.mux.muxing import mux

__all__ = ["FileFeed", "mux"]
