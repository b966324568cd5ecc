from __future__ import annotations

from django.urls import path, re_path

import aniworld.web.ids  # noqa: F401 - registers <id:…>
from accounts.pages import account, views

urlpatterns = [
    re_path(r"^setup/?$", views.SetupView.as_view(), name="setup"),
    re_path(r"^login/?$", views.LoginView.as_view(), name="login"),
    re_path(r"^login/help/?$", views.login_help, name="login-help"),
    re_path(r"^account/?$", account.AccountView.as_view(), name="account"),
    path("account/language", account.choose_language, name="account-language"),
    path("account/shortcuts", account.choose_shortcuts, name="account-shortcuts"),
    path("account/keys", account.create_key, name="account-key-create"),
    path("account/keys/<id:key_id>/revoke", account.revoke_key, name="account-key-revoke"),
    path("account/sessions/end", account.end_other_sessions, name="account-sessions-end"),
    path("account/sessions/<str:session_id>/end", account.end_session, name="account-session-end"),
    re_path(r"^logout/?$", views.log_out, name="logout"),
    # Included before the administration's own addresses: one way to log in and out.
    re_path(r"^admin/login/?$", views.admin_login),
    re_path(r"^admin/logout/?$", views.log_out),
]
