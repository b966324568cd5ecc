"""Every table of ours can be looked at in Django's admin."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.templatetags.static import static
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.errors import OwnerStays
from accounts.models import LoginTries, UserSession, right_of_user
from accounts.rights import grant
from aniworld.journal.models import Entry
from aniworld.web.admin import ReadOnlyAdmin
from aniworld.web.rights import Right
from library.models import AnimeSeries
from tests.factories import make_series

ROOMS = ("accounts", "aniworld", "downloads", "library")
OURS = [
    model._meta
    for app in apps.get_app_configs()
    if app.name.partition(".")[0] in ROOMS
    for model in app.get_models()
]


# What can be changed in the admin. Each of these has a test below that does it by the real form.
EDITED = {AnimeSeries, User}
SECRET = "lantern-otter-velvet"


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_superuser("admin", password="lantern-otter-velvet")


@pytest.fixture
def desk(owner: User) -> Client:
    """The owner at the administration."""
    client = Client()
    client.cookies["aniworld_session"] = services.open_session(owner).token
    Entry.objects.all().delete()
    return client


def entries() -> list[tuple[str, str, str, str]]:
    """What was journalled, by whom, and of what."""
    names = ("action", "actor_kind", "actor_name", "object_id")
    return list(Entry.objects.order_by("id").values_list(*names))


@pytest.mark.django_db
@pytest.mark.parametrize("meta", OURS, ids=lambda meta: meta.label)
def test_every_model_has_its_admin_page(client: Client, meta: object) -> None:
    owner = User.objects.create_superuser("admin", password="lantern-otter-velvet")
    client.cookies["aniworld_session"] = services.open_session(owner).token
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")  # type: ignore[attr-defined]
    assert client.get(address).status_code == 200


@pytest.mark.django_db
def test_the_admin_is_ours_and_its_way_out_ends_the_session(client: Client) -> None:
    owner = User.objects.create_superuser("admin", password="lantern-otter-velvet")
    client.cookies["aniworld_session"] = services.open_session(owner).token
    front = client.get(reverse("admin:index")).content.decode()
    assert "Aniworld administration" in front
    assert "/admin/library/episode/add/" not in front  # scans make them
    client.post(reverse("admin:logout"))
    assert client.get(reverse("admin:index")).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/api/v1/anime", "/api/queue/status"])
def test_the_browsable_api_is_ours(client: Client, address: str) -> None:
    owner = User.objects.create_superuser("admin", password="lantern-otter-velvet")
    client.cookies["aniworld_session"] = services.open_session(owner).token
    page = client.get(address, headers={"Accept": "text/html"}).content.decode()
    assert "Aniworld API" in page
    assert "django-rest-framework.org" not in page


@pytest.mark.django_db
def test_the_icon_is_there_before_the_login(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer["Location"]) == (302, static("img/logo.svg"))


def test_nothing_can_be_changed_past_the_services(rf: RequestFactory) -> None:
    """A new class is to look at, or has its place in ``EDITED`` and a test of what it does."""
    admin.autodiscover()
    request = rf.get("/admin/")
    request.user = User(username="admin", is_superuser=True, is_active=True)
    shown = admin.site._registry
    assert shown.keys() == {meta.model for meta in OURS} | EDITED
    for model in shown.keys() - EDITED:
        assert isinstance(shown[model], ReadOnlyAdmin), model
        assert not shown[model].has_add_permission(request), model
        assert not shown[model].has_change_permission(request), model
        assert not shown[model].has_delete_permission(request), model
    for model in shown:
        assert not shown[model].list_editable, model
        assert not shown[model].inlines, model


def test_unmonitoring_keeps_the_counters_true(desk: Client) -> None:
    series = make_series("Mushishi", present=1, missing=2)
    address = reverse("admin:library_animeseries_change", args=[series.pk])
    form = {"monitored": "", "languages": '["German Sub"]', "hosters": "[]", "missing_count": "7"}
    assert desk.post(address, form).status_code == 302
    series.refresh_from_db()
    assert (series.monitored, series.missing_count, series.languages) == (False, 0, ["German Sub"])
    assert entries() == [("series.changed", "OWNER", "admin", series.key)]
    entry = Entry.objects.get()
    assert entry.before == {"monitored": True, "languages": []}
    assert entry.after == {"monitored": False, "languages": ["German Sub"]}


def test_a_list_that_is_none_is_refused(desk: Client) -> None:
    series = make_series(missing=1)
    address = reverse("admin:library_animeseries_change", args=[series.pk])
    answer = desk.post(address, {"monitored": "on", "languages": '{"a": 1}', "hosters": "[]"})
    assert "Must be a list of texts." in answer.content.decode()
    assert entries() == []


def test_series_are_removed_and_brought_back_by_actions(desk: Client) -> None:
    series = make_series("Mushishi")
    address = reverse("admin:library_animeseries_changelist")
    for action, gone in (("remove", True), ("remove", True), ("restore", False)):
        desk.post(address, {"action": action, "_selected_action": [series.pk]})
        series.refresh_from_db()
        assert series.is_deleted is gone
    assert [entry[0] for entry in entries()] == ["series.removed", "series.restored"]
    delete = reverse("admin:library_animeseries_delete", args=[series.pk])
    assert desk.get(delete).status_code == 403


def test_a_folder_that_went_to_another_is_told(desk: Client) -> None:
    series = make_series("Mushishi", folder="Shared", deleted_at=timezone.now())
    make_series("Other", folder="Shared")
    address = reverse("admin:library_animeseries_changelist")
    chosen = {"action": "restore", "_selected_action": [series.pk]}
    assert "belongs to Other already" in desk.post(address, chosen, follow=True).content.decode()


def test_sessions_are_ended_by_an_action(desk: Client, owner: User) -> None:
    other = services.open_session(owner).session
    Entry.objects.all().delete()
    address = reverse("admin:accounts_usersession_changelist")
    desk.post(address, {"action": "revoke", "_selected_action": [other.pk]})
    assert not UserSession.objects.get(pk=other.pk).is_active
    assert entries() == [("session.ended", "OWNER", "admin", str(owner.pk))]
    assert Entry.objects.get().before["session"] == str(other.session_id)


def test_a_lockout_is_lifted_by_an_action(desk: Client) -> None:
    tries = LoginTries.objects.create(address="2001:db8::/64", failures=9)
    address = reverse("admin:accounts_logintries_changelist")
    desk.post(address, {"action": "forget", "_selected_action": [tries.pk]})
    assert not LoginTries.objects.exists()
    assert entries() == [("account.lockout_lifted", "OWNER", "admin", "2001:db8::/64")]


def test_who_does_not_own_all_sees_no_table(desk: Client, owner: User) -> None:
    """Whatever Django's own marks and permissions say."""
    guest = User.objects.create(username="guest", password="!", is_staff=True)
    guest.user_permissions.add(Permission.objects.get(codename="change_usersession"))
    client = Client()
    client.cookies["aniworld_session"] = services.open_session(guest).token
    victim = services.open_session(owner).session
    address = reverse("admin:accounts_usersession_changelist")
    assert client.get(address).status_code == 403
    client.post(address, {"action": "revoke", "_selected_action": [victim.pk]})
    assert UserSession.objects.get(pk=victim.pk).is_active


@pytest.fixture
def guest(desk: Client) -> User:
    """A user made in the administration."""
    passwords = {"password1": SECRET, "password2": SECRET}
    form = {"username": "guest", "usable_password": "true", **passwords}
    assert desk.post(reverse("admin:auth_user_add"), form).status_code == 302
    return User.objects.get(username="guest")


def form_of(desk: Client, user: User) -> dict[str, str]:
    """What the page of a user would send as it is."""
    shown = desk.get(reverse("admin:auth_user_change", args=[user.pk])).context["adminform"].form
    fields = {name: shown[name].value() for name in shown.fields if name != "password"}
    return {name: value for name, value in fields.items() if value}


def test_a_user_is_made_changed_and_deleted_by_somebody(desk: Client, guest: User) -> None:
    address = reverse("admin:auth_user_change", args=[guest.pk])
    form = form_of(desk, guest) | {"email": "guest@example.org"}
    assert desk.post(address, form).status_code == 302
    changed = Entry.objects.newest_first()[0]
    assert (changed.before["email"], changed.after["email"]) == ("", "guest@example.org")
    desk.post(reverse("admin:auth_user_delete", args=[guest.pk]), {"post": "yes"})
    assert not User.objects.filter(username="guest").exists()
    assert entries() == [
        (f"account.{act}", "OWNER", "admin", str(guest.pk))
        for act in ("added", "changed", "deleted")
    ]


def test_a_user_is_a_viewer_until_raised(desk: Client, guest: User) -> None:
    assert right_of_user(guest) is Right.VIEW
    assert "viewer" in desk.get(reverse("admin:auth_user_changelist")).content.decode()
    address = reverse("admin:auth_user_change", args=[guest.pk])
    for word, marks in (("operator", False), ("owner", True), ("viewer", False)):
        form = form_of(desk, guest) | {"right": word}
        assert desk.post(address, form).status_code == 302
        guest = User.objects.get(pk=guest.pk)
        assert right_of_user(guest).word == word
        assert (guest.is_superuser, guest.is_staff) == (marks, marks)
        changed = Entry.objects.newest_first()[0]
        assert (changed.action, changed.after) == ("account.right_granted", {"right": word})


def test_the_owner_of_the_setup_stays(desk: Client, owner: User) -> None:
    address = reverse("admin:auth_user_change", args=[owner.pk])
    for change in ({"right": "viewer"}, {"username": "other"}, {"is_active": ""}):
        answer = desk.post(address, form_of(desk, owner) | change)
        assert "has set Aniworld up" in answer.content.decode()
    assert desk.post(reverse("admin:auth_user_delete", args=[owner.pk]), {"post": "yes"})
    owner.refresh_from_db()
    assert (owner.username, owner.is_superuser, owner.is_active) == ("admin", True, True)
    with pytest.raises(OwnerStays):
        grant(owner, Right.OPERATE)


def test_a_password_given_there_is_journalled_but_not_kept(desk: Client, guest: User) -> None:
    new = f"{SECRET}-new"
    address = reverse("admin:auth_user_password_change", args=[guest.pk])
    form = {"usable_password": "true", "password1": new, "password2": new}
    assert desk.post(address, form).status_code == 302
    guest.refresh_from_db()
    assert guest.check_password(new)
    assert [entry[0] for entry in entries()] == ["account.added", "account.password_changed"]
    everything = str(list(Entry.objects.values_list()))
    assert SECRET not in everything
    assert guest.password not in everything


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "id__exact=" + "9" * 40,
        "root__id__exact=" + "9" * 30,
        "id__in=a,b",
        "size__gt=x",
        "p=9999999",
    ],
)
def test_a_filter_that_nobody_chose_breaks_nothing(client: Client, query: str) -> None:
    owner = User.objects.create(username="admin", is_staff=True, is_superuser=True)
    client.cookies["aniworld_session"] = services.open_session(owner).token
    answer = client.get(f"/admin/library/mediafile/?{query}")
    assert answer.status_code in {200, 302, 400, 403}
