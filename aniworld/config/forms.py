"""Forms of settings: bounds and messages are those of the checks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from aniworld.config.checks import AbsolutePath, Attributes, Optional
from aniworld.config.description import ListOf, Member, Scalar, Shape
from aniworld.web.texts import text

LONGEST_PATH = 4096  # characters; Linux takes no more

_INPUTS: dict[str, Attributes] = {
    "boolean": {"type": "checkbox"},
    "integer": {"type": "number", "step": 1},
    "number": {"type": "number", "step": "any"},
    "string": {"type": "text"},
}
_PATH = Optional(AbsolutePath())
_later = lazy(text, str)


class DirectoryField(forms.CharField):
    """The full path of a library folder. Whether it is there is for the service to say, which
    knows who may ask."""

    def __init__(self, *, required: bool = True) -> None:
        attributes = {
            **_PATH.attributes(),
            "title": _later(AbsolutePath.code),  # what a browser says of the pattern
            "autocomplete": "off",
            "spellcheck": "false",
        }
        super().__init__(
            label=_("Library folder"),
            required=required,
            strip=False,
            max_length=LONGEST_PATH,
            help_text=_("The full path of the folder that holds one folder for each series."),
            widget=forms.TextInput(attrs=attributes),
        )

    def validate(self, value: Any) -> None:
        super().validate(value)
        if wrong := [text(problem.code, problem.params) for problem in _PATH.problems(value)]:
            raise forms.ValidationError(wrong)


def input_attributes(member: Member) -> Attributes:
    """The HTML attributes of the input for a setting; for a list, of the input of one entry.

    Raises ``TypeError`` for a setting that no single input can take.
    """
    check = member.setting.check
    return _INPUTS[_scalar(member.shape).json_type] | (check.attributes() if check else {})


def _scalar(shape: Shape) -> Scalar:
    match shape:
        case Scalar():
            return shape
        case ListOf():
            return shape.entry
        case _:
            raise TypeError(f"{type(shape).__name__} is no single value")
