"""Every page, as the person whom it is for: both sizes, light and dark, by keyboard, and what it weighs."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django import DjangoDbBlocker

from accounts.models import KeyScope, User
from hub.tools.models import Tool, ToolRun
from hub.tools.running import run_tool
from playground.api.keys import make_key
from playground.catalog.models import Deployment, Model, Price, Provider
from playground.chat.conversations import start_conversation
from playground.chat.models import Conversation
from playground.lib.markdown import render
from playground.runs.models import Run, RunState
from playground.traffic.folding import fold_all
from tests.browser import axe
from tests.browser.pages import PHONE, WIDE, picture, watch
from tests.catalogue import LONG_AGO
from tests.stack import Stack, session_of

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("stack")]

ANSWER = "## Plan\n\nFirst `this`.\n\n```python\nprint(1)\n```\n\n| Who | When |\n|---|---|\n| Ana | Friday |\n"
PAGES = {
    "sign-in": ("", "/sign-in/"),
    "chat-new": ("alice", "/"),
    "chat": ("alice", "{conversation}"),
    "chat-failed": ("alice", "{failed}"),
    "chats": ("alice", "/chats/all/"),
    "rename": ("alice", "{conversation}rename/"),
    "hub": ("alice", "/hub/"),
    "hub-none": ("alice", "/hub/?q=unicorn"),
    "tool": ("alice", "/hub/tools/meeting-notes-to-actions/"),
    "tool-answer": ("alice", "/hub/tools/listing-attributes/?run={tool_run}"),
    "tool-about": ("alice", "/hub/tools/listing-attributes/about/"),
    "tool-runs": ("alice", "/hub/tools/listing-attributes/runs/"),
    "my-runs": ("alice", "/hub/runs/"),
    "my-runs-none": ("bob", "/hub/runs/"),
    "tool-run": ("alice", "/hub/runs/{tool_run}/"),
    "studio-new": ("carol", "/hub/tools/new/"),
    "studio": ("carol", "/hub/tools/listing-attributes/edit/"),
    "my-tools": ("carol", "/hub/tools/mine/"),
    "my-limits": ("alice", "/quotas/"),
    "quotas": ("dana", "/quotas/manage/"),
    "quotas-of-people": ("dana", "/quotas/manage/people/"),
    "quotas-of-an-owner": ("ana", "/quotas/manage/"),
    "quota": ("dana", "/quotas/manage/company/month/"),
    "gateway": ("dana", "/gateway/"),
    "gateway-of-a-month": ("dana", "/gateway/?period=month&by=deployment"),
    "gateway-of-an-owner": ("ana", "/gateway/"),
    "gateway-runs": ("dana", "/gateway/runs/"),
    "gateway-run": ("dana", "/gateway/runs/{ended}/"),
    "models": ("dana", "/models/"),
    "model": ("dana", "/models/demo-quick/"),
    "price-lists": ("dana", "/models/-/prices/"),
    "models-of-departments": ("dana", "/models/-/defaults/"),
    "providers": ("dana", "/providers/"),
    "provider": ("dana", "/providers/demo/"),
    "provider-kinds": ("dana", "/providers/-/new/"),
    "provider-new": ("dana", "/providers/-/new/?preset=azure"),
    "provider-of-another-kind": ("dana", "/providers/-/new/?preset=vertex"),
    "provider-day": ("dana", "/runs/day/demo/"),
    "people": ("dana", "/people/"),
    "person": ("dana", "/people/{alice}/"),
    "account": ("alice", "/account/"),
    "keys": ("alice", "/account/keys/"),
    "keys-none": ("bob", "/account/keys/"),
    "key-limit": ("alice", "/account/keys/{key}/"),
    "developers": ("alice", "/developers/"),
    "not-found": ("alice", "/hub/tools/no-such-tool/"),
    "not-allowed": ("alice", "/people/"),
}
# Marks what Tab is to reach and how each looks without the focus; one radio button stands for its group.
MARK = """() => {
  const looks = element => { const s = getComputedStyle(element);
    return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.borderColor, s.backgroundColor, s.transform].join() };
  document.activeElement?.blur();
  window.lookOf = element => [element, element.parentElement, element.closest("li, form, fieldset, .card")]
    .map(one => one ? looks(one) : "").join("|");
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")].filter(element =>
    element.checkVisibility({visibilityProperty: true}) && !element.disabled && element.type !== "hidden"
    && element.tabIndex >= 0 && !element.closest("template"));
  const groups = new Set();
  window.toReach = new Map();
  for (const element of all) {
    if (element.type === "radio") {
      if (groups.has(element.name)) continue;
      groups.add(element.name);
    }
    window.toReach.set(element.type === "radio" ? element.name : element, window.lookOf(element));
  }
  window.unseen = [];
  return window.toReach.size;
}"""
STEP = """() => {
  const element = document.activeElement;
  const key = element.type === "radio" ? element.name : element;
  if (window.toReach.has(key)) {
    if (window.lookOf(element) === window.toReach.get(key)) window.unseen.push(element.outerHTML.slice(0, 120));
    window.toReach.delete(key);
  }
  return window.toReach.size;
}"""
LEFT = "() => [...window.toReach.keys()].map(key => key.outerHTML?.slice(0, 160) ?? key)"


@pytest.fixture(scope="module")
def company(shared_stack: Stack, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, Any]]:
    """The demo company with a chat and a tool run of Alice's, written once for all pages."""
    with django_db_blocker.unblock():
        model = _demo_model()
        call_command("load_demo")
        alice = User.objects.get(first_name__startswith="Alice")
        conversation, failed = _conversation(alice, model), _failed(alice, model)
        made = _tool_run(alice)
        key, _secret = make_key(alice, name="Script", days=90, scopes=KeyScope.values, monthly_limit=5_000_000)
        fold_all()
        yield {
            "conversation": conversation.get_absolute_url(),
            "failed": failed.get_absolute_url(),
            "tool_run": made.pk,
            "ended": made.run_id,
            "key": key.pk,
            "alice": alice.pk,
            "sessions": {user.first_name.split()[0].lower(): session_of(user) for user in User.objects.all()},
        }
        call_command("flush", interactive=False, verbosity=0)


def _demo_model() -> Model:
    model = Model.objects.create(slug="demo-quick", name="Demo Quick", description="Fast.", max_output_tokens=500)
    provider = Provider.objects.create(
        slug="demo", name="Demo", kind="openai_compatible", base_url="http://127.0.0.1:9"
    )
    deployment = Deployment.objects.create(model=model, provider=provider, name="demo-quick", priority=1)
    Price.objects.create(deployment=deployment, effective_from=LONG_AGO, input=1, cached_input=1, output=1)
    return model


def _finish(run: Run, output: str) -> None:
    Run.objects.filter(pk=run.pk).update(
        state=RunState.DONE, output=output, output_html=render(output), finished_at=timezone.now()
    )


def _conversation(alice: User, model: Model) -> Conversation:
    conversation = start_conversation(alice, content="Make a plan for Friday", model=model, key=uuid4())
    _finish(Run.objects.get(), ANSWER)
    return conversation


def _failed(alice: User, model: Model) -> Conversation:
    """An answer that broke off, began anew and broke off again."""
    conversation = start_conversation(alice, content="And for Monday?", model=model, key=uuid4())
    Run.objects.filter(state=RunState.QUEUED).update(
        state=RunState.FAILED,
        discarded="Monday is",
        output="On Monday",
        output_html=render("On Monday"),
        error_message="The provider did not answer.",
        finished_at=timezone.now(),
    )
    return conversation


def _tool_run(alice: User) -> ToolRun:
    version = Tool.objects.get(slug="listing-attributes").versions.get(state="published")
    made = run_tool(version, user=alice, inputs={"listing": "A red bike", "kind": "Electronics"}, form_id="1")
    _finish(Run.objects.get(pk=made.run_id), '{"item": "bike", "flaws": ["a scratch"]}')
    return made


@pytest.fixture
def production(company: dict[str, Any], tmp_path: Path) -> Iterator[Stack]:
    """A web server with the static files as production serves them: compressed, with their hashes in the names."""
    stack = Stack(tmp_path, DEMO="0", OIDC_ISSUER="https://login.example", STATIC_ROOT=str(tmp_path / "static"))
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"]
    subprocess.run(collect, env=stack.environment, check=True)  # noqa: S603
    stack.start_web()
    yield stack
    stack.stop()


@pytest.fixture
def visit(company: dict[str, Any], shared_stack: Stack, browser: Browser, name: str) -> Iterator[Page]:
    """The page called `name`, open before the person whom it is for."""
    person, path = PAGES[name]
    page = browser.new_context(viewport=WIDE, reduced_motion="reduce").new_page()
    faults = watch(page)
    expected = 404 if name == "not-found" else 403 if name == "not-allowed" else 200
    if person:
        come_in(page, company["sessions"][person], shared_stack.url)
    response = page.goto(shared_stack.url + path.format(**company))
    assert response is not None
    assert response.status == expected
    yield page
    page.context.close()
    assert not faults


def come_in(page: Page, session: str, url: str) -> None:
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])


def weigh(page: Page, url: str) -> dict[str, int]:
    """Bytes over the wire of all that a page loads, by kind."""
    wire = page.context.new_cdp_session(page)
    kinds: dict[str, str] = {}
    weight: Counter[str] = Counter()
    wire.send("Network.enable")
    wire.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    wire.on(
        "Network.loadingFinished",
        lambda event: weight.update({kinds.get(event["requestId"], "Other"): int(event["encodedDataLength"])}),
    )
    page.goto(url, wait_until="networkidle")
    return dict(weight)


def reach_by_tab(page: Page) -> None:
    """Everything that can be used is reached by Tab, and the focus is seen on it."""
    count = page.evaluate(MARK)
    for _ in range(2 * count + 10):
        page.keyboard.press("Tab")
        if page.evaluate(STEP) == 0:
            break
    assert page.evaluate(LEFT) == []
    assert page.evaluate("window.unseen") == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_fit_for_everybody(visit: Page, name: str) -> None:
    assert visit.locator("h1").count() == 1
    assert visit.title()
    for size, place in ((WIDE, "wide"), (PHONE, "phone")):
        visit.set_viewport_size(size)
        for theme in ("light", "dark"):
            visit.emulate_media(color_scheme=theme)
            picture(visit, f"{name}-{place}-{theme}")
            assert axe.check(visit, None if theme == "light" else ["color-contrast"]) == [], (place, theme)
        assert visit.evaluate("document.documentElement.scrollWidth") <= size["width"], place
        reach_by_tab(visit)


def test_a_chat_is_light_over_the_wire(
    company: dict[str, Any], production: Stack, browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    page = browser.new_context(viewport=WIDE).new_page()
    come_in(page, company["sessions"]["alice"], production.url)
    weight = weigh(page, production.url + company["conversation"])
    page.context.close()
    with capsys.disabled():
        print(f"\nthe chat page over the wire: {sum(weight.values())} bytes, {weight}")  # noqa: T201
    assert sum(weight.values()) < 150_000
    assert 0 < weight["Script"] < 70_000
