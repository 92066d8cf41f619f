"""The page `/setup/`, which makes the first account."""

from django.urls import path

from accounts import views

urlpatterns = [path("", views.set_up, name="setup")]
