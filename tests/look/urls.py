"""Pages that exist in these tests only: every element on one page, and views that refuse."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.utils import timezone

from playground.lib.refusal import Refusal, Way

ANSWER = '''## Três passos para começar

A short paragraph with **bold**, *italics*, `inline code`, ~~an old idea~~ and [a link](https://example.com).
日本語の文章もきれいに折り返されます。価格は「1,200円」です。

1. First, read the text.
2. Then write it again:
    - shorter
    - in plain words

- [x] Done
- [ ] Still to do

> What is written without effort is read without pleasure.

```python
@dataclass
class Price:
    """Per million tokens."""
    amount: int = 1_250_000  # micro-units

def cost(price: Price, tokens: int) -> str:
    return f"{price.amount * tokens // 1_000_000} of a very long line that has to scroll sideways in its own box"
```

| Model | Good at | Price per million tokens | Window | Languages |
|---|---|---:|:---:|---|
| Quick | short answers, rewriting, classifying | $0.25 | 128k | en, es, pt, ja |
| Careful | long documents, code, hard questions | $3.00 | 200k | en, es, pt, ja |
'''


class GalleryForm(forms.Form):
    name = forms.CharField(help_text="As people will see it in the hub.", max_length=40)
    text = forms.CharField(widget=forms.Textarea, required=False, label="Product description")
    country = forms.ChoiceField(choices=[("ar", "Argentina"), ("br", "Brasil"), ("jp", "日本")])
    tone = forms.ChoiceField(
        choices=[("warm", "Warm"), ("plain", "Plain")], widget=forms.RadioSelect, help_text="How it should sound."
    )
    limit = forms.IntegerField(min_value=1)
    agree = forms.BooleanField(label="Show it to my department")


def gallery(request: HttpRequest) -> HttpResponse:
    if "toast" in request.GET or request.method == "POST":
        messages.success(request, "The conversation was deleted.")
    form = GalleryForm({"name": "", "limit": "0", "country": "br", "tone": "warm"})
    refusal = Refusal(
        "Marketing has used its November budget.",
        left="$0.00 of $500.00",
        resets="Tue 1 Dec, 00:00 (São Paulo)",
        ways=(Way("Choose a cheaper model"), Way("Ask Ana for more", "gallery")),
    )
    page_obj = Paginator(range(90), 10).get_page(request.GET.get("page", 4))
    shown = {"form": form, "refusal": refusal, "page_obj": page_obj, "now": timezone.now(), "answer": ANSWER}
    return render(request, "look/gallery.html", shown)


def refuse(request: HttpRequest) -> HttpResponse:
    raise Refusal("Marketing has used its budget.", left="$0.00", ways=(Way("Ask for more", "gallery"), Way("Wait")))


async def refuse_async(request: HttpRequest) -> HttpResponse:
    raise Refusal("Marketing has used its budget.")


def forbid(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def break_down(request: HttpRequest) -> HttpResponse:
    raise RuntimeError


urlpatterns = [
    path("gallery/", gallery, name="gallery"),
    path("refuse/", refuse, name="refuse"),
    path("refuse-async/", refuse_async, name="refuse_async"),
    path("forbid/", forbid, name="forbid"),
    path("break/", break_down, name="break"),
    path("", include("playground.urls")),
]
