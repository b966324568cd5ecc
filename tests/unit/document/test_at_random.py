"""Nothing that can be asked by the document is answered in another way than the document says.

schemathesis makes the questions: bodies that are wrong in one place, walks from what one answer
names to the next. ``tests/prove/test_document_at_random.py`` asks many more, and with them every
bound of every field from both sides.
"""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from accounts import services as accounts
from tests.unit.document.asking import Application, configuration, findings, served
from tests.unit.document.house import House

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.no_cover,  # tests of their own cover all of it; here it would cost a fifth more
    # Of what it draws, not of what is asked.
    pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning"),
]


def _token_of(who: str) -> str:
    """The token of a session: of nobody, of a user who may not set up anything, of the owner."""
    if who == "nobody":
        return ""
    if who == "owner":
        return accounts.open_session(User.objects.get(username=accounts.OWNER)).token
    return accounts.open_session(User.objects.create(username=who, password="!")).token


@pytest.mark.parametrize(
    ("who", "phase", "examples", "least"),
    [
        ("owner", "fuzzing", 2, 100),
        ("guest", "fuzzing", 1, 50),
        ("nobody", "fuzzing", 1, 50),
    ],
)
def test_whatever_is_asked_is_answered_as_described(
    house: House, who: str, phase: str, examples: int, least: int
) -> None:
    config = configuration(_token_of(who), (phase,), examples=examples)
    application = Application(house)
    with served(application) as address:
        assert findings(address, _token_of("owner"), config) == []
    assert application.asked > least


def test_whatever_is_asked_after_another_is_answered_as_described(house: House) -> None:
    config = configuration(_token_of("owner"), ("stateful",), examples=15)
    application = Application(house, keeps=True)
    with served(application) as address:
        assert findings(address, _token_of("owner"), config) == []
    assert application.asked > 50
