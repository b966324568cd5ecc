"""Who is logged in, and who tried."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from aniworld.web.mixins import TimestampMixin, is_one_of
from aniworld.web.rights import Right


class UserSessionQuerySet(models.QuerySet["UserSession"]):
    def live(self) -> UserSessionQuerySet:
        """Sessions neither revoked nor expired."""
        return self.filter(is_active=True, expires_at__gt=timezone.now())

    def revoke(self) -> int:
        """End the sessions; returns how many were live in name."""
        return self.filter(is_active=True).update(is_active=False, updated_at=timezone.now())


class UserSession(TimestampMixin):
    """One login. The token itself is never stored, only its hash."""

    session_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="token_sessions"
    )
    # Ties the session to the password it was opened with: changing that anywhere ends it.
    password_mark = models.CharField(max_length=64)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    expires_at = models.DateTimeField(db_index=True)
    is_active = models.BooleanField(default=True, db_index=True)
    last_activity = models.DateTimeField(default=timezone.now)

    objects = UserSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-last_activity"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(token_hash="") & ~models.Q(password_mark=""),
                name="usersession_bound_to_token_and_password",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} from {self.ip_address or 'unknown'}"

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def is_good(self) -> bool:
        """Live, of a user who may still log in, and with the password it was opened with."""
        mark = self.user.get_session_auth_hash()
        return (
            self.is_active
            and not self.is_expired
            and self.user.is_active
            and constant_time_compare(self.password_mark, mark)
        )

    def revoke(self) -> None:
        """End the session now."""
        self.is_active = False
        self.save(update_fields=["is_active", "updated_at"])


class Role(models.TextChoices):
    """The rights that can be given to a user who does not own all anyway."""

    VIEWER = Right.VIEW.word
    OPERATOR = Right.OPERATE.word


class GrantedRight(TimestampMixin):
    """What a user may do. One without a row may look; Django's superusers may do everything."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="granted"
    )
    role = models.CharField(max_length=16, choices=Role)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_one_of("role", Role.values), name="grantedright_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"


def right_of_user(user: User) -> Right:
    """What a user may do, as it is now; without a query where ``granted`` was read along."""
    if user.is_superuser:
        return Right.OWN
    granted: GrantedRight | None = getattr(user, "granted", None)
    return Right.VIEW if granted is None else Right.of(granted.role)


class ShortcutKeys(models.TextChoices):
    """Which of the product's shortcuts a user wants."""

    ALL = "all"
    CONTROL = "control"  # those with Ctrl alone: no key that somebody may press by speaking
    NONE = "none"


class Preferences(TimestampMixin):
    """What a user has chosen for the pages. One without a row has chosen nothing."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences"
    )
    language = models.CharField(max_length=8, blank=True)  # empty: as the browser says
    shortcuts = models.CharField(max_length=8, choices=ShortcutKeys, default=ShortcutKeys.ALL)

    class Meta:
        verbose_name_plural = "preferences"
        constraints = [
            models.CheckConstraint(
                condition=is_one_of("shortcuts", ShortcutKeys.values),
                name="preferences_shortcuts_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.language or 'as the browser says'}"


def language_of_user(user: object) -> str:
    """The language that a user has chosen; empty where none, and of one that we do not speak.
    Without a query where ``preferences`` was read along."""
    chosen: Preferences | None = getattr(user, "preferences", None)
    return chosen.language if chosen and chosen.language in dict(settings.LANGUAGES) else ""


def shortcuts_of_user(user: object) -> ShortcutKeys:
    """Which shortcuts a user wants. Without a query where ``preferences`` was read along."""
    chosen: Preferences | None = getattr(user, "preferences", None)
    return ShortcutKeys(chosen.shortcuts) if chosen else ShortcutKeys.ALL


class Scope(models.TextChoices):
    """What a key may do, each including those before it."""

    READ = "read"
    QUEUE = "queue"
    ADMIN = "admin"


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def kept(self) -> ApiKeyQuerySet:
        """Keys that were not revoked; some may have expired."""
        return self.filter(revoked_at=None)

    def revoke(self) -> int:
        """End the keys; returns how many were not ended before."""
        return self.kept().update(revoked_at=timezone.now(), updated_at=timezone.now())


class ApiKey(TimestampMixin):
    """What a program comes with. The key itself is never stored, only its hash."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys"
    )
    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=8, choices=Scope)
    beginning = models.CharField(max_length=16, help_text="To know it again by")
    key_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_activity = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=is_one_of("scope", Scope.values), name="apikey_scope_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(key_hash="") & ~models.Q(name=""),
                name="apikey_named_and_hashed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.name}"

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def is_good(self) -> bool:
        """Neither revoked nor expired, of a user who may still log in."""
        return self.revoked_at is None and not self.is_expired and self.user.is_active


class FeedKey(TimestampMixin):
    """What a calendar program comes with for the feed of a user, who has one at most. It opens the
    feed and nothing else; the key itself is never stored, only its hash."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="feed_key"
    )
    key_hash = models.CharField(max_length=64, unique=True)
    last_activity = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(key_hash=""), name="feedkey_hashed"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: feed"


class LoginTries(models.Model):
    """What one address tried lately; see ``throttle``."""

    address = models.CharField(max_length=45, unique=True)
    recent = models.JSONField(default=list)  # seconds since 1970 of the tries of the last minute
    failures = models.PositiveIntegerField(default=0)  # wrong passwords in a row
    locked_until = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        verbose_name_plural = "login tries"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(failures__gte=0), name="logintries_failures_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.address

    def locked_for(self, now: datetime) -> float:
        """Seconds the address still has to wait; 0 when it is not locked out."""
        return max(0.0, (self.locked_until - now).total_seconds()) if self.locked_until else 0.0
