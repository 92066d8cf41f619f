"""The addresses of staff's pages."""

from django.urls import path

from metrics.dashboard import views

app_name = "metrics"
urlpatterns = [
    path("dashboard/", views.dashboard, name="dashboard"),
    path("dashboard/now", views.now, name="now"),
    path("generations/<uuid:generation_id>/", views.inspect, name="inspect"),
    path("generations/<uuid:generation_id>/stop", views.stop, name="stop"),
]
