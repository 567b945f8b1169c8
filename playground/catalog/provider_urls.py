from django.urls import path

from playground.catalog import provider_views as views

app_name = "providers"
urlpatterns = [
    path("", views.index, name="index"),
    path("-/new/", views.create, name="create"),
    path("<slug:slug>/", views.edit, name="provider"),
    path("<slug:slug>/test/", views.test, name="test"),
    path("<slug:slug>/find/", views.find_models, name="find_models"),
    path("<slug:slug>/models/", views.add_models, name="add_models"),
    path("<slug:slug>/models/<int:deployment_pk>/ask/", views.ask, name="ask"),
]
