"""Any file at all in place of config.json: nothing crashes, and what is wrong is said by field."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from aniworld.config import codec, migrations, store
from aniworld.config.errors import ConfigBroken, ConfigError
from aniworld.config.listing import listed
from aniworld.config.schema import Config
from aniworld.config.sections import labels_of, put_together
from aniworld.web.texts import text

_often = settings(
    max_examples=150,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
_NAMES = ["schema", "version", "library", "providers", "downloads", "sites", "aniworld", "mirrors"]
_NAMES += [one.member.name for one in listed(Config())] + ["base_url", "enabled", "strange", ""]
_scalars = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(),
    some.floats(),
    some.text(max_size=20),
    some.sampled_from(["/a", "/a/b", "https://x.example", "{season}{episode}", "German Dub"]),
)
_names = some.one_of(some.sampled_from(_NAMES), some.text(max_size=5))
_anything = some.recursive(
    _scalars,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(_names, inner, max_size=5),
    max_leaves=20,
)
_documents = some.dictionaries(_names, _anything, max_size=6)


def refused(action: Callable[[], object]) -> ConfigError | None:
    """What an action is refused with; None where it is not."""
    try:
        action()
    except ConfigError as error:
        return error
    return None


@_often
@given(_documents)
def test_each_value_that_is_wrong_is_named_by_its_field(document: dict[str, Any]) -> None:
    error = refused(lambda: codec.parse(document))
    if error is None:
        return
    assert error.errors
    assert text(error.code, error.as_json()["params"])
    for fault in error.errors:
        assert any(fault.field.startswith(name) for name in document)
        assert fault.detail not in ("", fault.code)
        assert list(labels_of(fault.field))


@_often
@given(some.one_of(_documents.map(json.dumps), some.text(), _anything.map(json.dumps)))
def test_any_file_is_read_or_set_aside_and_never_crashes(data_dir: Path, content: str) -> None:
    written = content.encode(errors="surrogatepass")
    for old in data_dir.glob("config*"):
        if old.is_file():
            old.unlink()
    store.path().write_bytes(written)
    error = refused(store.load)
    if isinstance(error, ConfigBroken):
        assert [file.read_bytes() for file in store.set_aside()] == [written]  # nothing is lost
    elif error is not None:
        assert error.code == "config_too_new"
        assert store.path().read_bytes() == written


@_often
@given(_documents)
def test_whatever_is_sent_is_put_in_or_refused(document: dict[str, Any]) -> None:
    data = codec.plain(Config())
    put_together(data, document)
    error = refused(lambda: codec.parse(data))
    assert error is None or error.errors


@pytest.mark.parametrize("schema", [True, 0, -1, 1.5, "1", None, [], {}])
def test_a_version_that_is_none_is_refused(schema: Any) -> None:
    with pytest.raises(ValueError, match="version number"):
        migrations.migrated({"schema": schema})
