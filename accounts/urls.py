from django.urls import path

from accounts import break_glass, oidc, people_views, views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    # In front of the page of Django's admin, which has this address.
    path("admin/login/", break_glass.sign_in, name="break_glass"),
    # The names and addresses that allauth gives them: a provider knows the second one as the redirect URI.
    path("accounts/oidc/sso/login/", oidc.go, name="openid_connect_login"),
    path("accounts/oidc/sso/login/callback/", oidc.come_back, name="openid_connect_callback"),
    path("account/", views.account, name="account"),
    path("people/", people_views.people, name="people"),
    path("people/<int:pk>/", people_views.person, name="person"),
    path("people/<int:pk>/disable/", people_views.disable, name="disable_person"),
    path("people/<int:pk>/enable/", people_views.enable, name="enable_person"),
    path("people/<int:pk>/role/", people_views.change_role, name="change_role"),
    path("people/<int:pk>/places/", people_views.add_place, name="add_place"),
    path("people/<int:pk>/places/<int:place>/remove/", people_views.remove_place, name="remove_place"),
    path("people/<int:pk>/places/<int:place>/pay/", people_views.pay_from_place, name="pay_from_place"),
]
