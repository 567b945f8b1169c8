from django.urls import path

from playground.catalog import price_views, views

app_name = "catalog"
# A model's slug is made of letters and digits first, so that none begins with a hyphen.
urlpatterns = [
    path("", views.index, name="index"),
    path("-/defaults/", views.edit_defaults, name="defaults"),
    path("-/prices/", price_views.index, name="prices"),
    path("-/prices/preview/", price_views.preview_list, name="preview_prices"),
    path("-/prices/apply/", price_views.apply_list, name="apply_prices"),
    path("-/prices.csv", price_views.download_list, name="download_prices"),
    path("<slug:slug>/", views.edit_model, name="model"),
    path("<slug:slug>/fallbacks/", views.save_fallbacks, name="fallbacks"),
    path("<slug:slug>/places/<int:deployment_pk>/", views.edit_deployment, name="deployment"),
    path("<slug:slug>/prices/<int:deployment_pk>/", views.create_price, name="create_price"),
]
