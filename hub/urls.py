from django.urls import path

from hub.studio import views as studio
from hub.tools import views as tools

app_name = "hub"
urlpatterns = [
    path("", tools.index, name="index"),
    path("tools/new/", studio.new_tool, name="new_tool"),
    path("tools/mine/", studio.my_tools, name="my_tools"),
    path("tools/preview/", studio.preview, name="preview"),
    path("tools/<slug:slug>/", tools.tool, name="tool"),
    path("tools/<slug:slug>/about/", tools.tool_about, name="tool_about"),
    path("tools/<slug:slug>/runs/", tools.tool_runs, name="tool_runs"),
    path("tools/<slug:slug>/estimate/", tools.estimate_tool, name="estimate_tool"),
    path("tools/<slug:slug>/run/", tools.create_tool_run, name="create_tool_run"),
    path("tools/<slug:slug>/edit/", studio.edit_tool, name="edit_tool"),
    path("tools/<slug:slug>/retire/", studio.retire_tool, name="retire_tool"),
    path("runs/", tools.my_runs, name="my_runs"),
    path("runs/<uuid:pk>/", tools.tool_run, name="tool_run"),
    path("runs/<uuid:pk>/download/<slug:ending>/", tools.download_tool_run, name="download_tool_run"),
]
