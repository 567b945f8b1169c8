from django.urls import path

from hub.api import views

app_name = "hub_api"
urlpatterns = [
    path("tools", views.tools, name="tools"),
    path("tools/<slug:slug>", views.tool, name="tool"),
    path("tools/<slug:slug>/runs", views.create_run, name="create_run"),
    path("tools/<slug:slug>/runs/<uuid:pk>", views.run, name="run"),
]
