from __future__ import annotations

from django.urls import re_path

from accounts.pages import views

urlpatterns = [
    re_path(r"^setup/?$", views.SetupView.as_view(), name="setup"),
    re_path(r"^login/?$", views.LoginView.as_view(), name="login"),
    re_path(r"^logout/?$", views.log_out, name="logout"),
    # Included before the administration's own addresses: one way to log in and out.
    re_path(r"^admin/login/?$", views.admin_login),
    re_path(r"^admin/logout/?$", views.log_out),
]
