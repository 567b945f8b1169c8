"""Words that want to be more than words, in every place that shows somebody else's: a real browser does nothing."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from playwright.sync_api import Dialog, Page, expect

from accounts.api_keys import issue_key
from accounts.models import Department, User
from hub.tools.fields import Field
from hub.tools.models import Audience, Tool
from hub.tools.versions import Content, Details, create_tool, publish
from playground.catalog.models import Model
from tests.browser.pages import sign_in_as
from tests.fake_provider import FakeProvider
from tests.stack import Stack

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("stack")]

# What no answer may leave in the page: handlers, pictures from elsewhere, addresses that act, htmx's own attributes.
LIVE = """() => [...document.querySelectorAll('*')].filter(one =>
    one.getAttributeNames().some(name => name.startsWith('on'))
    || /^(javascript|data|vbscript):/i.test(one.getAttribute('href') || '')
    || ['IFRAME', 'OBJECT', 'EMBED', 'MATH', 'FORM'].includes(one.tagName) && one.closest('.prose')
    || one.tagName === 'IMG' && !one.src.startsWith(location.origin)
    || one.closest('.prose')
       && one.getAttributeNames().some(name => /^(data-)?hx-(get|post|trigger|swap-oob)/.test(name))
).map(one => one.outerHTML.slice(0, 200))"""


class Canary:
    def __init__(self) -> None:
        self.hits: list[str] = []
        hits = self.hits

        class Listener(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hits.append(self.path)
                self.send_error(404)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Listener)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def canary() -> Iterator[Canary]:
    canary = Canary()
    yield canary
    canary.server.shutdown()
    canary.server.server_close()
    assert canary.hits == []


@pytest.fixture
def browsing(page: Page, stack: Stack, canary: Canary) -> Iterator[Page]:
    """A page on which no dialog may open and nothing may come alive."""
    dialogs: list[str] = []

    def hear(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", hear)
    yield page
    assert dialogs == []


@pytest.fixture
def served(make_model: Callable[..., Model], fake_provider: FakeProvider, canary: Canary) -> Model:
    model = make_model("served", base_url=f"{fake_provider.base_url}/v1")
    model.name, model.description = f"</option><img src={canary.url}/m onerror=alert(1)>", tag(canary)
    model.save()
    return model


def tag(canary: Canary) -> str:
    """Short enough for a name."""
    return f'"><img src={canary.url}/n onerror=alert(1)>'


def answer(canary: Canary) -> str:
    at = canary.url
    return f"""![" onerror="alert(1)]({at}/alt) <img src={at}/i onerror=alert(1)><script>alert(1)</script>

[click](JaVaScRiPt:alert(1)) [data](data:text/html,<script>alert(1)</script>) ![a][r] <{at}/auto>

[r]: {at}/?d=secret

<div hx-get="/sign-out/" hx-trigger="load" data-hx-post="/x" hx-swap-oob="true" id="main">x</div>
</div></hx-partial><svg onload=alert(1)><iframe srcdoc="<script>alert(1)</script>"></iframe>

```html"onmouseover="alert(1)
<img src={at}/code onerror=alert(1)>
```

| <img src={at}/t onerror=alert(1)> | b |
|---|---|
| <style>@import '{at}/css'</style> | $\\href{{javascript:alert(1)}}{{x}}$ |

The end."""


def nothing_is_alive(page: Page) -> None:
    assert page.evaluate(LIVE) == []


def test_an_answer_in_single_letters_stays_text(
    browsing: Page, stack: Stack, alice: User, served: Model, *, fake_provider: FakeProvider, canary: Canary
) -> None:
    fake_provider.script(pieces=list(answer(canary)), rate=400, ignore_max_tokens=True)
    served.max_output_tokens = 4_000
    served.save()
    sign_in_as(browsing, alice, stack.url)
    browsing.goto(stack.url)
    browsing.get_by_label("Your message").fill(f"{tag(canary)} <script>alert(2)</script>")
    browsing.get_by_label("Your message").press("Enter")
    expect(browsing.locator(".answer-live")).to_be_visible()
    while browsing.locator(".answer-live").count():
        nothing_is_alive(browsing)
        browsing.wait_for_timeout(100)
    expect(browsing.locator(".answer[data-state=done]").last).to_contain_text("The end.")
    nothing_is_alive(browsing)
    browsing.reload()
    expect(browsing.locator(".answer[data-state=done]").last).to_contain_text("The end.")
    nothing_is_alive(browsing)


@pytest.mark.parametrize("kind", ["text", "markdown", "json"])
def test_a_tool_and_what_it_answers_stay_text(
    browsing: Page,
    stack: Stack,
    carol: User,
    alice: User,
    *,
    served: Model,
    fake_provider: FakeProvider,
    canary: Canary,
    kind: str,
) -> None:
    evil = tag(canary)
    tool = hostile_tool(carol, served, evil, kind)
    fake_provider.script(text=f'[{{"{evil[2:]}": "{evil[2:]}", "b": "</td>"}}]' if kind == "json" else answer(canary))
    sign_in_as(browsing, alice, stack.url)
    for path in ("/hub/", f"/hub/tools/{tool.slug}/about/", f"/hub/tools/{tool.slug}/?sample=1"):
        browsing.goto(stack.url + path)
        nothing_is_alive(browsing)
    browsing.locator("[name=input-title]").fill(evil)
    browsing.locator("[name=input-title]").press("Enter")
    expect(browsing.locator(".answer-live")).to_have_count(0, timeout=15_000)
    browsing.wait_for_url("**/?run=*")
    nothing_is_alive(browsing)
    browsing.goto(f"{stack.url}/hub/runs/")
    nothing_is_alive(browsing)


def hostile_tool(owner: User, model: Model, evil: str, kind: str) -> Tool:
    fields = (
        Field(name="title", kind="text", label=evil, help=evil, placeholder=evil),
        Field(name="tone", kind="choice", label=evil, choices=(evil, "b"), default=evil),
    )
    content = Content(
        fields=fields,
        template="{{ title }}",
        system_text=evil,
        model=model,
        output_kind=kind,
        schema={"type": "array"} if kind == "json" else None,
        sample_inputs={"title": evil},
    )
    draft = create_tool(owner, details=Details(name=evil, summary=evil), content=content)
    publish(draft, by=owner, audience=Audience.EVERYONE)
    return draft.tool


def test_names_of_people_departments_keys_and_models_stay_text(
    browsing: Page, stack: Stack, dana: User, bob: User, *, marketing: Department, served: Model, canary: Canary
) -> None:
    evil = tag(canary)
    Department.objects.filter(pk=marketing.pk).update(name=evil, cost_centre=evil[:60])
    User.objects.filter(pk=bob.pk).update(first_name=evil, last_name=evil, email=evil)
    issue_key(dana, evil, 30)
    sign_in_as(browsing, dana, stack.url)
    pages = (
        "/people/",
        f"/people/{bob.pk}/",
        "/quotas/manage/",
        "/quotas/manage/people/",
        "/account/keys/",
        "/models/",
    )
    for path in (*pages, f"/models/{served.slug}/", f"/quotas/manage/person/{bob.pk}/day/", "/", "/account/"):
        browsing.goto(stack.url + path)
        nothing_is_alive(browsing)
