"""What the tests leave out, for it costs each of them time and says nothing about the product."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher
from django.core.management.color import no_style
from django.db import connections
from django.test import TransactionTestCase
from whitenoise.base import WhiteNoise

from aniworld.config import store

# Made by migrating, the same for every test.
_KEPT = frozenset({"auth_permission", "django_content_type"})


class QuickBcrypt(BCryptSHA256PasswordHasher):
    """The real algorithm with the fewest rounds it knows."""

    rounds = 4


@contextmanager
def made() -> Iterator[None]:
    """For a run of tests."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", lambda _descriptor: None)  # no power cut is to be outlived
        # Commands settle their process for what it does. Called within that of the tests they would
        # settle it for all that follow: last in the queue for the processor, and never tidied up.
        patched.setattr(os, "nice", lambda _step: 0)
        patched.setattr(gc, "set_threshold", lambda *_counts: None)
        patched.setattr(gc, "freeze", lambda: None)
        # Nobody is just writing the broken configuration of a test.
        patched.setattr(store, "QUIET_SECONDS", 0.0)
        _let_static_files_be_looked_for_once(patched)
        patched.setattr(TransactionTestCase, "_fixture_teardown", _empty)
        yield


def _let_static_files_be_looked_for_once(patched: pytest.MonkeyPatch) -> None:
    """Each client of a test would look for all of them, as a server does at its start."""
    found: dict[tuple[str, str], Any] = {}
    look = WhiteNoise.update_files_dictionary

    def look_once(self: Any, root: str, prefix: str) -> None:
        if (root, prefix) not in found:
            before = dict(self.files)
            look(self, root, prefix)
            found[root, prefix] = {
                url: file for url, file in self.files.items() if before.get(url) is not file
            }
        self.files.update(found[root, prefix])

    patched.setattr(WhiteNoise, "update_files_dictionary", look_once)


def _empty(self: Any) -> None:
    """Delete what a test has committed. Django's own way deletes kinds of content and permissions
    with it, and makes them again."""
    for name in self._databases_names(include_mirrors=False):
        connection = connections[name]
        tables = connection.introspection.django_table_names(
            only_existing=True, include_views=False
        )
        statements = connection.ops.sql_flush(
            no_style(), sorted(set(tables) - _KEPT), reset_sequences=False
        )
        connection.ops.execute_sql_flush(statements)
