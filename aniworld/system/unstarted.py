"""What ``manage.py doctor`` says where a setting of the environment keeps everything from starting.

There are no settings then, so nothing here may ask for one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from aniworld import __version__
from aniworld.system.findings import Severity
from aniworld.system.kinds import KINDS

EXIT_CODES: Mapping[Severity | None, int] = {
    None: 0,
    Severity.NOTE: 0,
    Severity.WARNING: 1,
    Severity.ERROR: 2,
}


def told(line: str, arguments: Sequence[str]) -> tuple[str, int]:
    """The answer of the doctor, and its exit code.

    Args:
        line: what ended the start: ``aniworld: VARIABLE: reason``.
        arguments: those of the command.
    """
    _, _, rest = line.partition("aniworld: ")
    variable, _, reason = rest.partition(": ")
    kind = KINDS["environment_unusable"]
    params = {"variable": variable, "reason": reason}
    text, mend = kind.text.format(**params), kind.mend.format(**params)
    code = EXIT_CODES[kind.severity]
    if "--json" not in arguments:
        return f"error    {text}\n         {mend}\n", code
    repair = {
        "id": kind.code.replace("_", "-"),
        "severity": kind.severity.value,
        "code": kind.code,
        "params": params,
        "text": text,
        "mend": mend,
        **{"command": "", "page": "", "fix": ""},
        "docs": f"docs/troubleshooting.md#{kind.code}",
    }
    answer = {
        "version": __version__,
        "mended": [],
        **{"healthy": False, "errors": 1, "warnings": 0},
        "repairs": [repair],
        "left_out": [],
    }
    return json.dumps(answer, ensure_ascii=False) + "\n", code
