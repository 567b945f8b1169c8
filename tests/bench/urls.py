"""The project's pages, and the smallest door there can be.

It is the path of every real door's POST: the whole stack of middlewares, a signed-in person, `start_run`. Only what
a door adds for itself is left out, its own rows and its page.
"""

from django.http import HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from accounts.http import Request
from playground.catalog.models import Model
from playground.gateway.types import ChatRequest, Turn
from playground.runs.start import start_run


@csrf_exempt
def ask(request: Request) -> HttpResponse:
    turns = (Turn("user", request.POST["question"]),)
    model = Model.objects.get(slug="bench")
    run = start_run(
        user=request.user, source="chat", model=model, request=ChatRequest(turns=turns, max_output_tokens=4096)
    )
    return HttpResponse(str(run.pk))


urlpatterns = [path("bench/ask/", ask), path("", include("playground.urls"))]
