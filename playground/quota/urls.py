from django.urls import path

from playground.quota import views
from playground.quota.models import Scope

app_name = "quota"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("manage/", views.manage, name="manage"),
    path("manage/people/", views.manage_people, name="manage_people"),
    path("manage/company/<str:period>/", views.edit_quota, {"scope": Scope.COMPANY}, name="edit_company"),
    path(
        "manage/department/<int:pk>/<str:period>/",
        views.edit_quota,
        {"scope": Scope.DEPARTMENT},
        name="edit_department",
    ),
    path("manage/person/<int:pk>/<str:period>/", views.edit_quota, {"scope": Scope.PERSON}, name="edit_person"),
]
