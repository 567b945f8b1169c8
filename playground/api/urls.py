from django.urls import path, re_path

from playground.api import views

app_name = "api"
urlpatterns = [
    path("models", views.models, name="models"),
    path("models/<str:slug>", views.model, name="model"),
    path("chat/completions", views.chat_completions, name="chat_completions"),
    path("responses", views.responses, name="responses"),
    path("messages", views.messages, name="messages"),
    path("embeddings", views.create_embeddings, name="embeddings"),
    path("openapi.json", views.openapi, name="openapi"),
    re_path("", views.nowhere, name="nowhere"),
]
