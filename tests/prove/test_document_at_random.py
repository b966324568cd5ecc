"""As ``tests/unit/document/test_at_random.py``, with many more questions."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from accounts import services as accounts
from tests.prove.conftest import Prove
from tests.unit.document.asking import Application, configuration, findings, served
from tests.unit.document.conftest import house  # noqa: F401 - the fixture
from tests.unit.document.house import House

pytestmark = [
    pytest.mark.timeout(3600),
    pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning"),
]


@pytest.mark.parametrize(
    ("phase", "examples"), [("coverage", 1), ("fuzzing", 60), ("stateful", 150)]
)
def test_many_questions_are_answered_as_described(
    house: House,  # noqa: F811
    proved: Prove,
    phase: str,
    examples: int,
) -> None:
    owner = User.objects.get()
    token, reader = (accounts.open_session(owner).token for _ in range(2))
    application = Application(house, keeps=phase == "stateful")
    with served(application) as address:
        found = findings(address, reader, configuration(token, (phase,), examples=examples))
    assert found == []
    proved(f"the document, {phase}: {application.asked:,} requests, nothing found")
