"""Who may do what: users made in the administration may look until an owner raises them."""

from __future__ import annotations

import logging
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction

from accounts.entries import AccountAction, about
from accounts.errors import OwnerStays
from accounts.models import GrantedRight, right_of_user
from aniworld.journal.services import record
from aniworld.web.rights import Right

log = logging.getLogger(__name__)

OWNER: Final = "admin"  # the user the setup makes; without one of that name nothing is set up


def grant(user: User, right: Right) -> None:
    """Give a user another right; it counts from the next request on.

    An owner is one of Django's superusers too, so that the administration is open to them.

    Raises:
        OwnerStays: the owner of the setup cannot become less.
    """
    before = right_of_user(user)
    if user.username == OWNER and right is not Right.OWN:
        raise OwnerStays(name=user.username)
    if before is right:
        return
    user.is_superuser = user.is_staff = right is Right.OWN
    with transaction.atomic():
        user.save(update_fields=["is_superuser", "is_staff"])
        GrantedRight.objects.filter(user=user).delete()
        if right is not Right.OWN:
            GrantedRight.objects.create(user=user, role=right.word)
        record(
            AccountAction.RIGHT_GRANTED,
            on=about(user),
            before={"right": before.word},
            after={"right": right.word},
        )
    user.refresh_from_db()  # what was read of the old right is out of date
    log.info("right granted user=%s right=%s", user.pk, right.word)
