"""The form of a target, with the bounds of the configuration."""

from __future__ import annotations

from dataclasses import fields as fields_of
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from aniworld.config.checks import DayHours, TargetName
from aniworld.config.schema import NOTIFIED, TargetSettings
from aniworld.system.notifications.choices import Kind
from aniworld.system.notifications.texts import title_of
from aniworld.web.errors import FieldError

_LONGEST_ADDRESS = 2100
_title = lazy(title_of, str)
_DEFAULTS = TargetSettings()


class TargetForm(forms.Form):
    """One target. ``name`` is asked for a new one only."""

    name = forms.RegexField(
        TargetName.pattern,
        label=_("Name"),
        max_length=40,
        help_text=_("What you call it, such as “Phone”."),
        error_messages={"invalid": _("At most 40 characters, without dots and slashes.")},
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            ("APPRISE", _("A service, by its Apprise address")),
            ("WEBHOOK", _("A webhook: signed JSON to a web server")),
        ],
        widget=forms.Select(attrs={"class": "select"}),
    )
    url = forms.CharField(
        label=_("Address"),
        max_length=_LONGEST_ADDRESS,
        help_text=_(
            "Such as ntfy://host/topic, tgram://token/chat, discord://id/token or "
            "mailto://user:password@host; of a webhook https://… It is shown masked: leave it as "
            "it is to keep it."
        ),
        widget=forms.TextInput(
            attrs={"class": "input", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    signing_key = forms.CharField(
        label=_("Key of the signature"),
        required=False,
        strip=False,
        max_length=200,
        help_text=_("For webhooks: whoever knows it can see that a message is yours. Empty: none."),
        widget=forms.TextInput(
            attrs={"class": "input", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    events = forms.MultipleChoiceField(
        label=_("What it is told of"),
        required=False,
        choices=[(kind, _title(kind)) for kind in NOTIFIED],
        widget=forms.CheckboxSelectMultiple,
    )
    pace = forms.ChoiceField(
        label=_("Pace"),
        choices=[
            ("DIGEST", _("Together: what belongs to one batch comes as one, failures at once")),
            ("EACH", _("Each thing by itself, at once")),
        ],
        widget=forms.Select(attrs={"class": "select"}),
    )
    quiet_hours = forms.RegexField(
        DayHours.pattern,
        label=_("Quiet hours"),
        required=False,
        max_length=11,
        help_text=_(
            "Such as 22:00-07:00, by the clock of the server. What comes meanwhile waits, and is "
            "sent as one message afterwards."
        ),
        error_messages={"invalid": _("Two times of the clock, such as 22:00-07:00.")},
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )
    enabled = forms.BooleanField(label=_("Switched on"), required=False)

    def __init__(self, *arguments: Any, is_new: bool = False, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if not is_new:
            del self.fields["name"]

    def values(self) -> dict[str, Any]:
        """What is set, by the names of the settings."""
        names = [field.name for field in fields_of(TargetSettings)]
        return {name: self.cleaned_data[name] for name in names}

    def add_faults(self, faults: tuple[FieldError, ...], words: str) -> None:
        """Show what was refused beside the fields it is about. Args: words: of all else."""
        for fault in faults:
            name = fault.field.rpartition(".")[2]
            self.add_error(name if name in self.fields else None, fault.detail)
        if not faults:
            self.add_error(None, words)


def fresh() -> dict[str, Any]:
    """What stands in the form of a new target."""
    return {
        "enabled": True,
        "kind": _DEFAULTS.kind,
        "pace": _DEFAULTS.pace,
        "events": [kind for kind in NOTIFIED if kind != Kind.REPAIR_MENDED],
    }
