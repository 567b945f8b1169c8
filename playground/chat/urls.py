from django.urls import path

from playground.chat import conversation_views, views

app_name = "chat"
urlpatterns = [
    path("", views.new_conversation, name="new"),
    path("chats/", views.create_conversation, name="create"),
    path("chats/estimate/", views.estimate, name="estimate"),
    path("chats/all/", conversation_views.conversation_list, name="list"),
    path("chats/<uuid:pk>/", views.conversation, name="conversation"),
    path("chats/<uuid:pk>/messages/", views.create_message, name="create_message"),
    path("chats/<uuid:pk>/messages/<int:message_pk>/", views.message, name="message"),
    path("chats/<uuid:pk>/messages/<int:message_pk>/regenerate/", views.regenerate_answer, name="regenerate"),
    path("chats/<uuid:pk>/messages/<int:message_pk>/continue/", views.go_on, name="continue"),
    path("chats/<uuid:pk>/messages/<int:message_pk>/choose/", views.choose, name="choose"),
    path("chats/<uuid:pk>/estimate/", views.estimate, name="estimate_in"),
    path("chats/<uuid:pk>/row/", conversation_views.row, name="row"),
    path("chats/<uuid:pk>/rename/", conversation_views.rename, name="rename"),
    path("chats/<uuid:pk>/delete/", conversation_views.delete, name="delete"),
    path("chats/<uuid:pk>/restore/", conversation_views.restore, name="restore"),
]
