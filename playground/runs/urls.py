from django.urls import path

from playground.runs import views

app_name = "runs"
urlpatterns = [
    path("<uuid:pk>/events/", views.run_events, name="run_events"),
    path("<uuid:pk>/cancel/", views.cancel, name="cancel"),
    path("day/<slug:slug>/", views.provider_day, name="provider_day"),
]
