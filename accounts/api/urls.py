from __future__ import annotations

from django.urls import re_path

# schema registers itself with drf-spectacular; here, so that only the web process pays for it.
from accounts.api import schema, views  # noqa: F401

urlpatterns = [
    re_path(r"^auth/setup/?$", views.SetupView.as_view(), name="auth-setup"),
    re_path(r"^setup/?$", views.SetupView.as_view(), name="setup-api"),
    re_path(r"^auth/login/?$", views.LoginView.as_view(), name="auth-login"),
    re_path(r"^auth/logout/?$", views.LogoutView.as_view(), name="auth-logout"),
    re_path(r"^auth/status/?$", views.StatusView.as_view(), name="auth-status"),
    re_path(r"^auth/password/?$", views.PasswordView.as_view(), name="auth-password"),
    re_path(r"^auth/sessions/?$", views.SessionsView.as_view(), name="auth-sessions"),
    re_path(r"^auth/keys/?$", views.KeysView.as_view(), name="auth-keys"),
    re_path(r"^auth/keys/(?P<key_id>[^/]+)/?$", views.KeyView.as_view(), name="auth-key"),
    re_path(
        r"^auth/sessions/(?P<session_id>[^/]+)/?$", views.SessionView.as_view(), name="auth-session"
    ),
]
