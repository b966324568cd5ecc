"""A message that cannot be put into words, as one of another version, holds up no other."""

from __future__ import annotations

from typing import Any

import pytest

from aniworld.system.notifications import gathering, targets
from aniworld.system.notifications.models import Delivery
from aniworld.system.notifications.sender import Sender
from tests.receiver import Receiver

from .conftest import SetUp
from .happening import arrived
from .test_sender import Clock, clock, sender, settled  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("items", [[{}], [None], [{"code": 7, "params": [], "count": "x"}]])
def test_a_damaged_row_fails_alone(
    items: list[Any],
    target: SetUp,
    receiver: Receiver,
    sender: Sender,  # noqa: F811
    clock: Clock,  # noqa: F811
) -> None:
    target("a", url=receiver.address)
    target("b", url=receiver.address)
    arrived(1)
    gathering.read(targets.settings(), clock.now)
    broken = Delivery.objects.filter(target="a")
    broken.update(items=items)
    settled(sender)
    assert broken.get().state in {"WAITING", "FAILED"}
    assert broken.get().error is not None
    assert Delivery.objects.get(target="b").state == "SENT"
