from django.urls import re_path

from aniworld.system import views

urlpatterns = [
    re_path(r"^ping/?$", views.ping, name="ping"),
    re_path(r"^health/?$", views.healthy, name="health"),
    re_path(r"^health/ready/?$", views.ready, name="health-ready"),
]
