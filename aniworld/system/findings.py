"""What an examination finds: one kind of fault, of one thing, as a code with its facts."""

from __future__ import annotations

import shlex
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

from aniworld.config.schema import Config
from aniworld.web.advice import advice_of
from aniworld.web.texts import text
from providers.coded import WHY, Coded


class Severity(StrEnum):
    """How bad it is, the worst first."""

    ERROR = "error"  # something does not work
    WARNING = "warning"  # it works, and may not for long
    NOTE = "note"  # nothing is wrong; its owner may want to know, and can act


RANK: Mapping[Severity, int] = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault that the owner can mend.

    Attributes:
        text: what is the matter: a template with the facts in braces.
        is_mended_by_reason: what its ``reason`` needs is told instead of ``mend``, where that is
            known.
        title: what it is called where the facts say everything; empty where the text does.
        mend: what is to be done, as a template with the same facts.
        command: what mends it in a shell, as such a template; empty where no command does.
        page: the name of the page where it is mended; empty where none does.
        query: what is chosen on that page.
        fix: the name of a safe mend in ``mending.FIXES``: a button, and ``doctor --fix``.
        check: the check of ``/health/ready`` that fails with it; empty where the product is ready
            for work all the same.
        openly: what anybody may read of it there: no paths, no names.
    """

    code: str
    severity: Severity
    text: str
    mend: str
    command: str = ""
    page: str = ""
    query: str = ""
    fix: str = ""
    check: str = ""
    openly: str = ""
    title: str = ""
    is_mended_by_reason: bool = False

    def texts(self) -> dict[str, str]:
        """Its sentences by their keys, for ``aniworld.web.texts``."""
        found = {self.code: self.text, f"{self.code}.mend": self.mend}
        more = {"command": self.command, "openly": self.openly}
        return found | {f"{self.code}.{which}": words for which, words in more.items() if words}


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault that was found. ``about`` tells several of one kind apart."""

    kind: Kind
    said: Coded
    about: str = ""

    @property
    def id(self) -> str:
        """The same as long as the fault is: letters, digits and hyphens."""
        code = self.kind.code.replace("_", "-")
        return f"{code}-{zlib.crc32(self.about.encode()):08x}" if self.about else code

    @property
    def text(self) -> str:
        return text(self.said["code"], self.said["params"])

    @property
    def mend(self) -> str:
        """What is to be done: about what a site has said, where that is the reason."""
        reason = self.said["params"].get("reason") if self.kind.is_mended_by_reason else None
        known = advice_of(cast(Coded, reason)) if isinstance(reason, dict) else ""
        return known or self._said("mend")

    @property
    def openly(self) -> str:
        return self._said("openly")

    @property
    def command(self) -> str:
        """For a shell: whatever a path holds, it stays one word."""
        if not self.kind.command:
            return ""
        params = self.said["params"].items()
        quoted = {name: shlex.quote(one) if isinstance(one, str) else one for name, one in params}
        return text(self.said["code"], {**quoted, WHY: "command"})

    def _said(self, which: str) -> str:
        return text(self.said["code"], {**self.said["params"], WHY: which})


@dataclass(slots=True)
class Look:
    """One look at everything, while it goes on.

    Attributes:
        config: None while it cannot be read.
        found: what was found so far, by whichever examination: what follows from one fault is no
            second one.
    """

    config: Config | None = None
    found: list[Finding] = field(default_factory=list)

    def has(self, *codes: str, about: str = "") -> bool:
        """Whether one of these was found, of that thing or of any."""
        return any(
            one.kind.code in codes and (not about or one.about == about) for one in self.found
        )


@dataclass(frozen=True, slots=True)
class Examination:
    """One thing that is looked at.

    Attributes:
        label: what it looks at, in words.
        look: yields what it finds; may raise what the database raises.
        stands_on: the examinations it has no ground to stand on without: it is left out while they
            find an error.
    """

    name: str
    label: str
    look: Callable[[Look], Iterator[Finding]]
    stands_on: tuple[str, ...] = ()
