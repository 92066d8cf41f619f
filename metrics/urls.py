"""The addresses of staff's pages, and of everybody's own usage."""

from django.urls import path

from metrics.dashboard import views
from metrics.spending import views as spending

app_name = "metrics"
urlpatterns = [
    path("dashboard/", views.dashboard, name="dashboard"),
    path("dashboard/now", views.now, name="now"),
    path("generations/<uuid:generation_id>/", views.inspect, name="inspect"),
    path("generations/<uuid:generation_id>/stop", views.stop, name="stop"),
    path("costs/", spending.costs, name="costs"),
    path("usage/", spending.usage, name="usage"),
]
