from django.urls import path

from playground.traffic import views

app_name = "traffic"
urlpatterns = [
    path("", views.index, name="index"),
    path("now/", views.now, name="now"),
    path("export.csv", views.export, name="export"),
    path("runs/", views.runs, name="runs"),
    path("runs/<uuid:pk>/", views.run, name="run"),
]
