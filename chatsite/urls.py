"""Where every door is."""

from django.contrib import admin
from django.urls import include, path

from chatsite import health
from metrics import views as figures
from metrics.api.router import router as metrics
from threads.api.app import api, gateway

api.add_router("", metrics)
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("health", figures.health, name="health"),
    path("metrics", figures.prometheus, name="prometheus"),
    path("metrics/", include("metrics.urls")),
    path("admin/", admin.site.urls),
    path("setup/", include("accounts.urls_setup")),
    path("accounts/", include("accounts.urls")),
    path("api/", api.urls),
    path("v1/", gateway.urls),
    path("", include("threads.urls")),
]

handler500 = "chatsite.unavailable.server_error"
