"""Forms take bounds and messages from the checks."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms

from accounts.pages.forms import SetupForm
from aniworld.config.checks import AbsolutePath, SiteAddress, WebAddress
from aniworld.config.description import Named
from aniworld.config.forms import DirectoryField, input_attributes
from library.pages.forms import FolderForm

from .values import settings

MEMBERS = {".".join(path): member for path, member in settings()}


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("downloads.auto_start", {"type": "checkbox"}),
        ("downloads.max_retries", {"type": "number", "step": 1, "min": 0, "max": 20}),
        ("downloads.progress_per_second", {"type": "number", "step": "any", "min": 0.1, "max": 20}),
        ("library.directories", {"type": "text", "pattern": AbsolutePath.pattern}),
        (
            "providers.sites.aniworld.base_url",
            {"type": "url", "pattern": SiteAddress.pattern},
        ),
        ("providers.sites.aniworld.mirrors", {"type": "url", "pattern": WebAddress.pattern}),
    ],
)
def test_an_input_has_the_bounds_of_its_setting(name: str, attributes: dict[str, Any]) -> None:
    assert input_attributes(MEMBERS[name]) == attributes


def test_every_single_value_can_be_an_input() -> None:
    single = {name: one for name, one in MEMBERS.items() if not isinstance(one.shape, Named)}
    inputs = {name: input_attributes(one) for name, one in single.items()}

    assert {one["type"] for one in inputs.values()} == {"checkbox", "number", "text", "url"}
    with pytest.raises(TypeError):
        input_attributes(MEMBERS["providers.sites"])


class PathForm(forms.Form):
    path = DirectoryField()


@pytest.mark.parametrize("path", ["relative", "/with\0zero", "C:\\anime"])
def test_a_path_that_is_not_full_is_refused_in_the_words_of_the_check(path: str) -> None:
    form = PathForm({"path": path})

    assert "Must be a full path, beginning with /." in form.errors["path"]


def test_a_full_path_is_taken_as_it_is() -> None:
    form = PathForm({"path": " /a"[1:] + " "})

    assert form.is_valid()
    assert form.cleaned_data["path"] == "/a "
    assert SetupForm({}).fields["anime_directory"].clean("") == ""


def test_both_forms_ask_for_the_folder_alike() -> None:
    """A browser says before sending what the server would say after it."""
    pattern = f'pattern="{AbsolutePath.pattern}" title="Must be a full path, beginning with /."'

    assert pattern in str(FolderForm()["directory"])
    assert pattern in str(SetupForm()["anime_directory"])
