"""Is it alive, is it ready: for load balancers. /livez asks nobody, /readyz asks PostgreSQL and the broker."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts.decorators import public


@public
def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [path("livez", livez, name="livez")]
