"""The addresses of this door that are for people."""

from django.urls import path

from playground.api import key_views

urlpatterns = [
    path("account/keys/", key_views.keys, name="keys"),
    path("account/keys/<int:pk>/", key_views.limit, name="limit_key"),
    path("account/keys/<int:pk>/revoke/", key_views.revoke, name="revoke_key"),
    path("developers/", key_views.developers, name="developers"),
]
