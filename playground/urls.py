"""The only place that knows every door, and knows them by name only."""

from django.contrib import admin
from django.urls import include, path

handler500 = "playground.faults.server_error"

urlpatterns = [
    path("", include("playground.chat.urls")),
    path("hub/", include("hub.urls")),
    path("runs/", include("playground.runs.urls")),
    path("quotas/", include("playground.quota.urls")),
    path("models/", include("playground.catalog.urls")),
    path("gateway/", include("playground.traffic.urls")),
    path("providers/", include("playground.catalog.provider_urls")),
    path("v1/", include("hub.api.urls")),
    path("v1/", include("playground.api.urls")),
    path("", include("playground.api.pages")),
    path("", include("accounts.urls")),
    path("", include("playground.health")),
    path("", include("playground.traffic.metrics_view")),
    path("admin/", admin.site.urls),
]
