"""How long pages take in a company that is large: python -m tests.bench.pages [--times 30] [--only hub].

Everything is real and on this machine: PostgreSQL, Valkey, one web server. A page's time is that to its first byte.
"""

import argparse
import http.client
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from playground.up.ports import free_port, wait_open
from tests.services import Services

if TYPE_CHECKING:
    from tests.bench.company import Company

# What a page may take at most; milliseconds.
TARGET = 150
WARM_UP = 5


@dataclass(slots=True)
class Page:
    name: str
    path: str
    is_part: bool = False
    first_bytes: list[float] = field(default_factory=list)
    queries: set[int] = field(default_factory=set)
    size: int = 0


def main() -> None:
    options = _options()
    services = Services()
    services.start()
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tests.bench.page_settings",
        "DEMO": "1",
        "SECRET_KEY": "a-key-for-benches-only-a-key-for-benches-only-a-key",
        "CREDENTIAL_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "LOG_LEVEL": "WARNING",
    }
    web: subprocess.Popen[bytes] | None = None
    try:
        began = time.monotonic()
        pages, cookie = _prepare()
        print(f"A company of that size took {time.monotonic() - began:.0f} s to make.")
        port = free_port()
        command = ["-m", "uvicorn", "playground.asgi:application", "--port", str(port), "--loop", "uvloop"]
        command += ["--http", "httptools", "--no-access-log", "--log-level", "warning"]
        web = subprocess.Popen([sys.executable, *command])  # noqa: S603
        if not wait_open(port):
            raise SystemExit("The web server did not start.")
        pages = [page for page in pages if options.only in page.name or page.path == "/livez"]
        for page in pages:
            measure(page, port, cookie, options.times)
        show(pages)
    finally:
        if web:
            web.terminate()
            web.wait(timeout=60)
        services.stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", default=30, type=int)
    parser.add_argument("--only", default="", help="pages with this in their name")
    return parser.parse_args()


def _prepare() -> tuple[list[Page], str]:
    """The pages of somebody in a company of that size, and the cookie of her session."""
    import django  # noqa: PLC0415 - the environment had to be set first

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415

    from tests.bench.company import found_company  # noqa: PLC0415
    from tests.stack import session_of  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    company = found_company()
    cookie = f"session={session_of(company.dana)}"
    pages = _pages(company)
    connections.close_all()
    return pages, cookie


def _pages(company: "Company") -> list[Page]:
    from django.urls import reverse  # noqa: PLC0415

    from playground.chat.models import Conversation  # noqa: PLC0415

    deep = Conversation.objects.order_by("-updated_at", "-pk")[9_000]
    older = urlencode({"before": deep.updated_at.isoformat(), "id": deep.pk})
    talk = company.long.get_absolute_url()
    earlier = company.long.messages.order_by("-pk")[39].pk
    hub, tool = reverse("hub:index"), reverse("hub:tool", args=[company.tool.slug])
    return [
        Page("livez", "/livez"),
        Page("new chat", "/"),
        Page("conversation of 400", talk),
        Page("its earlier messages", f"{talk}?before={earlier}", is_part=True),
        Page("conversations", reverse("chat:list")),
        Page("conversations, deep", f"{reverse('chat:list')}?{older}"),
        Page("conversations, deep, part", f"{reverse('chat:list')}?{older}", is_part=True),
        Page("hub", hub),
        Page("hub, search", f"{hub}?q=meeting+reply", is_part=True),
        Page("hub, search, nothing", f"{hub}?q=zebra", is_part=True),
        Page("hub, page 40", f"{hub}?page=40"),
        Page("hub, filtered, page 40", f"{hub}?q=e&page=40"),
        Page("hub, category", f"{hub}?category=writing"),
        Page("tool", tool),
        Page("tool, about", reverse("hub:tool_about", args=[company.tool.slug])),
        Page("tool, my runs", reverse("hub:tool_runs", args=[company.tool.slug])),
        Page("my runs", reverse("hub:my_runs")),
        Page("my runs, page 150", f"{reverse('hub:my_runs')}?page=150"),
        Page("my runs, search", f"{reverse('hub:my_runs')}?q=meeting"),
        Page("tool run", reverse("hub:tool_run", args=[company.tool_run.pk])),
        Page("my tools", reverse("hub:my_tools")),
        Page("my limits", reverse("quota:mine")),
        Page("quotas", reverse("quota:manage")),
        Page("quotas of people", reverse("quota:manage_people")),
        Page("quotas of people, page 150", f"{reverse('quota:manage_people')}?page=150"),
        Page("quota of one", reverse("quota:edit_person", args=[company.dana.pk, "day"])),
        Page("people", reverse("people")),
        Page("people, search", f"{reverse('people')}?q=person+4"),
        Page("people, page 90", f"{reverse('people')}?page=90"),
        Page("person", reverse("person", args=[company.dana.pk])),
        Page("models", reverse("catalog:index")),
        Page("account", reverse("account")),
        Page("keys", reverse("keys")),
    ]


def measure(page: Page, port: int, cookie: str, times: int) -> None:
    caller = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Cookie": cookie} | ({"HX-Request": "true"} if page.is_part else {})
    for number in range(WARM_UP + times):
        began = time.perf_counter()
        caller.request("GET", page.path, headers=headers)
        answer = caller.getresponse()
        took = (time.perf_counter() - began) * 1000
        body = answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise SystemExit(f"{page.path} answered {answer.status}.")
        if number >= WARM_UP:
            page.first_bytes.append(took)
            page.queries.add(int(answer.headers["X-Queries"]))
            page.size = len(body)
    caller.close()


def show(pages: list[Page], *, target: int = TARGET) -> None:
    livez = statistics.median(pages[0].first_bytes)
    print(f"\n{'page':28} {'p50 ms':>8} {'p95 ms':>8} {'x livez':>8} {'queries':>8} {'KB':>6}")
    for page in pages:
        p50, p95 = statistics.median(page.first_bytes), statistics.quantiles(page.first_bytes, n=20)[-1]
        queries = "/".join(map(str, sorted(page.queries)))
        slow = "  slow" if p50 > target else ""
        print(f"{page.name:28} {p50:8.1f} {p95:8.1f} {p50 / livez:8.1f} {queries:>8} {page.size / 1024:6.0f}{slow}")


if __name__ == "__main__":
    main()
