from django.urls import URLPattern

app_name = "quota"
urlpatterns: list[URLPattern] = []
