from django.urls import path

from playground.catalog import views

app_name = "catalog"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:slug>/", views.edit_model, name="model"),
    path("<slug:slug>/prices/<int:deployment_pk>/", views.create_price, name="create_price"),
]
