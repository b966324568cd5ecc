"""Setup, login, sessions and passwords: the one way in for pages, API and commands."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts import activity, rights, throttle, tokens
from accounts.clients import Client
from accounts.entries import LOGGED_OUT, REVOKED, AccountAction, about
from accounts.errors import (
    AlreadyConfigured,
    InvalidCredentials,
    NotConfigured,
    SessionUnknown,
    TokenInvalid,
    Unacceptable,
    WrongPassword,
)
from accounts.models import LoginTries, UserSession, UserSessionQuerySet
from accounts.passwords import password_errors
from aniworld.config import services as config
from aniworld.config.directories import directory_problem
from aniworld.config.folders import closed_folder
from aniworld.database import mark
from aniworld.journal.actors import Actor, acting_as, current_actor
from aniworld.journal.choices import ActorKind
from aniworld.journal.services import Subject, record
from aniworld.sites.services import enable_in
from aniworld.web.errors import AppError, DatabaseUnusable, FieldError
from providers.coded import Coded
from providers.registry import site_entries

log = logging.getLogger(__name__)

OWNER = rights.OWNER
REMEMBERED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A fresh login. ``token`` exists here and at the client only."""

    token: str
    session: UserSession

    @property
    def expires_at(self) -> datetime:
        return self.session.expires_at


def is_configured() -> bool:
    """Whether setup is done: the owner exists.

    Raises:
        DatabaseUnusable: it was done, and the owner has gone with the database. Nobody else may
            become the owner by that.
    """
    if User.objects.filter(username=OWNER).exists():
        return True
    if mark.is_made():
        raise DatabaseUnusable(why="lost")
    return False


def set_up(
    *,
    master_password: str,
    anime_directory: str = "",
    providers: Collection[str] = (),
    client: Client = Client(),  # noqa: B008 - frozen
) -> User:
    """Create the owner and write the first configuration; can be done once only.

    Raises ``AlreadyConfigured``, ``TooManyTries``, ``Unacceptable`` (errors by field) and
    ``ConfigError`` when the configuration cannot be written; then nothing has changed.
    """
    if errors := setup_faults(master_password, anime_directory, providers, client=client):
        raise Unacceptable.of(errors)
    owner = _create_owner(master_password, client)
    try:
        with acting_as(_identified(owner)):
            config.change(lambda data: _first_choices(data, anime_directory, providers))
    except BaseException:
        _withdraw(owner)
        raise
    mark.make()
    throttle.forget(client)
    log.info("setup done providers=%s", ",".join(providers))
    return owner


def setup_faults(
    master_password: str,
    anime_directory: str,
    providers: Collection[str],
    *,
    client: Client,
) -> list[FieldError]:
    """What a setup with these answers would be refused for; a try like any other.

    Raises:
        AlreadyConfigured, TooManyTries.
    """
    if is_configured():
        raise AlreadyConfigured
    throttle.admit(client, most=throttle.SETUP_TRIES_PER_MINUTE)
    errors = password_errors("master_password", master_password)
    if anime_directory and (problem := _folder_problem(anime_directory)):
        errors.append(FieldError("anime_directory", problem.code, params=problem.params))
    known = site_entries({})
    if unknown := sorted(set(providers) - set(known)):
        names = {"why": "providers", "unknown": unknown, "known": list(known)}
        errors.append(FieldError("providers", "unknown", params=names))
    return errors


def look_before_setup(*, client: Client) -> None:
    """Count a look at this server's folders, or at a site, by whoever sets the product up.

    Raises:
        AlreadyConfigured, TooManyTries.
    """
    if is_configured():
        raise AlreadyConfigured
    throttle.admit(client, most=throttle.SETUP_TRIES_PER_MINUTE)


def log_in(
    *,
    password: str,
    username: str = OWNER,
    remember: bool = False,
    client: Client = Client(),  # noqa: B008 - frozen
) -> IssuedToken:
    """Open a session for whoever knows the password.

    Raises ``NotConfigured``, ``InvalidCredentials`` and, before looking at the password,
    ``TooManyTries``.
    """
    if not is_configured():
        raise NotConfigured
    throttle.admit(client)
    user = authenticate(username=username, password=password)
    if not isinstance(user, User):
        throttle.failed(client)
        log.warning("login refused address=%s", client.address)
        raise InvalidCredentials
    throttle.succeeded(client)
    throttle.refuse_flood(user)
    clean_up_sessions()
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())
    log.info("login user=%s address=%s", user.pk, client.address)
    with acting_as(_identified(user)):
        return open_session(user, remember=remember, client=client)


def open_session(
    user: User,
    *,
    remember: bool = False,
    client: Client = Client(),  # noqa: B008 - frozen
) -> IssuedToken:
    """Open a session for ``user`` without asking for a password."""
    lifetime = REMEMBERED if remember else timedelta(hours=settings.SESSION_TIMEOUT_HOURS)
    expires_at = (timezone.now() + lifetime).replace(microsecond=0)  # tokens count whole seconds
    session_id = uuid.uuid4()
    token = tokens.encode(tokens.Claims(str(user.pk), session_id, expires_at))
    with transaction.atomic():
        session = UserSession.objects.create(
            session_id=session_id,
            token_hash=tokens.digest(token),
            user=user,
            password_mark=user.get_session_auth_hash(),
            ip_address=client.address or None,
            user_agent=client.user_agent,
            expires_at=expires_at,
        )
        facts = {"session": str(session_id), "address": client.address, "remember": remember}
        record(AccountAction.SESSION_OPENED, on=about(user), after=facts)
    return IssuedToken(token, session)


def session_for(token: str) -> UserSession | None:
    """Return the live session of a token, or None; keeps in mind that it is used."""
    try:
        claims = tokens.decode(token)
    except TokenInvalid:
        return None
    session = live_session(claims.session_id)
    if session is None or not constant_time_compare(session.token_hash, tokens.digest(token)):
        return None
    if str(session.user.pk) != claims.user_id:
        return None
    activity.note(session)
    return session


def live_session(session_id: uuid.UUID) -> UserSession | None:
    """Return the session if it is still good; see ``live_sessions``."""
    return next(iter(live_sessions([session_id])), None)


def live_sessions(session_ids: Collection[uuid.UUID]) -> list[UserSession]:
    """Return those sessions that are still good, in one query.

    A session ends when it is revoked or expires, when its user may no longer log in, and when
    that user's password changes, wherever that is done.
    """
    # The rest is asked of the row: each condition in the query takes longer to put into words for
    # the database than to check here, and this runs with every request.
    sessions = UserSession.objects.filter(session_id__in=session_ids).order_by()
    return [
        session
        for session in sessions.select_related("user__granted", "user__preferences")
        if session.is_good
    ]


def log_out(session: UserSession) -> None:
    """End the session: its token is worth nothing from now on."""
    with transaction.atomic():
        session.revoke()
        _record_end(session, LOGGED_OUT)
    log.info("logout user=%s", session.user_id)


def change_password(
    session: UserSession, *, current_password: str, new_password: str, client: Client
) -> None:
    """Give the session's user a new password and end all other sessions of that user.

    Raises ``TooManyTries``, ``WrongPassword`` and ``Unacceptable``, errors by field.
    """
    throttle.admit(client)
    user = session.user
    throttle.refuse_flood(user)
    if not user.check_password(current_password):
        throttle.failed(client)
        wrong = FieldError("current_password", "invalid", params={"why": "password"})
        raise WrongPassword.of([wrong])
    throttle.succeeded(client)
    set_password(user, new_password, field="new_password", keep=session)


def set_password(
    user: User, password: str, *, field: str = "password", keep: UserSession | None = None
) -> None:
    """Set a password and end the sessions of ``user``, but for ``keep``.

    Raises ``Unacceptable`` with the errors of ``field``.
    """
    if errors := password_errors(field, password):
        raise Unacceptable.of(errors)
    user.set_password(password)
    with transaction.atomic():
        user.save(update_fields=["password"])
        others = sessions_of(user)
        if keep is not None:
            others = others.exclude(pk=keep.pk)
            UserSession.objects.filter(pk=keep.pk).update(
                password_mark=user.get_session_auth_hash()
            )
        ended = others.revoke()
        record(AccountAction.PASSWORD_CHANGED, on=about(user), after={"sessions_ended": ended})
    log.info("password changed user=%s", user.pk)


def sessions_of(user: User) -> UserSessionQuerySet:
    """The live sessions of ``user``, the most recently used first."""
    return UserSession.objects.live().filter(user=user)


def revoke_session(user: User, session_id: str) -> None:
    """End one session of ``user``. Raises ``SessionUnknown``."""
    try:
        found = sessions_of(user).filter(session_id=uuid.UUID(session_id)).first()
    except ValueError as error:
        raise SessionUnknown(why="session") from error
    if found is None or not end_sessions([found]):
        raise SessionUnknown(why="session")


def end_other_sessions(session: UserSession) -> int:
    """End all sessions of the same user but this one; returns how many that were."""
    return end_sessions(sessions_of(session.user).exclude(pk=session.pk).select_related("user"))


def end_sessions(sessions: Iterable[UserSession]) -> int:
    """End these sessions, whosever they are; returns how many were live in name."""
    ended = 0
    with transaction.atomic():
        for session in sessions:
            if UserSession.objects.filter(pk=session.pk).revoke():
                _record_end(session, REVOKED)
                ended += 1
    return ended


def _record_end(session: UserSession, why: Coded) -> None:
    facts = {"session": str(session.session_id), "address": session.ip_address or ""}
    record(AccountAction.SESSION_ENDED, on=about(session.user), before=facts, reason=why)


def lift_lockout(tries: LoginTries) -> None:
    """Forget what an address tried: it may try again at once."""
    with transaction.atomic():
        record(
            AccountAction.LOCKOUT_LIFTED,
            on=Subject("address", tries.address),
            before={"failures": tries.failures, "locked_until": tries.locked_until},
        )
        tries.delete()


def lift_lockouts() -> int:
    """Forget all that anybody tried: the owner has proved who it is elsewhere. Returns how many."""
    with transaction.atomic():
        count, _ = LoginTries.objects.all().delete()
        if count:
            everybody = Subject("address", "*")
            record(AccountAction.LOCKOUTS_LIFTED, on=everybody, before={"count": count})
    return count


def clean_up_sessions() -> int:
    """Delete the sessions that have expired; returns how many."""
    return UserSession.objects.filter(expires_at__lte=timezone.now()).delete()[0]


def _create_owner(master_password: str, client: Client) -> User:
    owner = User(
        username=OWNER,
        password=make_password(master_password),
        is_staff=True,
        is_superuser=True,
    )
    try:
        with transaction.atomic():
            owner.save(force_insert=True)
            with acting_as(_identified(owner)):
                record(AccountAction.SET_UP, on=about(owner), after={"address": client.address})
    except IntegrityError as error:  # another setup was faster: the name is unique
        raise AlreadyConfigured from error
    return owner


def _withdraw(owner: User) -> None:
    """The configuration could not be written: nobody is the owner yet."""
    gone = about(owner)
    with transaction.atomic():
        owner.delete()
        record(AccountAction.SETUP_WITHDRAWN, on=gone)


def _identified(user: User) -> Actor:
    """Whoever acts, now that they have proved who they are. A command stays what it is."""
    actor = current_actor()
    if actor.kind not in (ActorKind.OWNER, ActorKind.CLIENT):
        return actor
    return replace(actor, id=str(user.pk), name=user.get_username())


def _folder_problem(directory: str) -> AppError | None:
    return directory_problem(directory) or closed_folder(directory)


def _first_choices(data: dict[str, Any], anime_directory: str, providers: Collection[str]) -> None:
    if anime_directory:
        first = str(Path(anime_directory))
        others = [other for other in data["library"]["directories"] if other != first]
        data["library"]["directories"] = [first, *others]
    enable_in(data, list(providers))
