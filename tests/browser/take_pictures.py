"""python -m tests.browser.take_pictures: take every picture of docs/pictures again.

Starts the demo company on this machine, in a folder that is thrown away, signs in as its people through the demo
identity provider, and does what docs/tour.md tells. `--all` takes each page at two sizes in two themes instead.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, expect

from playground.up.ports import free_port, wait_open
from tests.browser.chromium import PHONE, WIDE, chromium

Look = tuple[str, ViewportSize, Literal["light", "dark"]]

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
LIGHT: Look = ("", WIDE, "light")
DARK: Look = ("-dark", WIDE, "dark")
ON_A_PHONE: Look = ("-phone", PHONE, "light")
DARK_ON_A_PHONE: Look = ("-phone-dark", PHONE, "dark")
PATIENCE = 30_000
# Worth a look before a release, but not a place in the documentation.
ONLY_WITH_ALL = frozenset(
    [
        "chat-models",
        "chats-none",
        "hub-none",
        "hub-of-an-admin",
        "keys-none",
        "key-limit",
        "menu",
        "my-runs-none",
        "provider-kinds",
        "quotas-of-an-owner",
        "quotas-of-people",
        "studio-tried",
        "tool-run",
    ]
)

QUESTIONS = (
    "Draft a friendly reply to a buyer whose parcel is three days late",
    "What should a good product photo show? A short list, please",
    "Summarise the difference between gross and net margin for a newcomer",
)
CAMPAIGN = (
    "Instalments, free shipping or a coupon: compare them in a table as the benefit of our November campaign, "
    "and show a short Python script that counts how often each is named in our reviews"
)


PRICES = """provider,model,effective_from,input,cached_input,output
Demo,demo-quick,2027-01-01,0.12,0.06,0.48
Demo (Messages),demo-careful,2027-01-01,2.50,0.25,12.50
Demo (Responses),demo-reasoner,2027-01-01,1.25,0.125,ten
"""


class Camera:
    """Takes each page as it is asked to, or all pages in every look."""

    def __init__(self, folder: Path, *, all_looks: bool) -> None:
        self.folder = folder
        self.all_looks = all_looks

    def take(self, page: Page, name: str, *looks: Look) -> None:
        if name in ONLY_WITH_ALL and not self.all_looks:
            return
        for ending, size, theme in (LIGHT, DARK, ON_A_PHONE, DARK_ON_A_PHONE) if self.all_looks else (LIGHT, *looks):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.wait_for_timeout(150)
            page.screenshot(path=self.folder / f"{name}{ending}.png", full_page=self.all_looks)
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light")


class Company:
    """The demo company in a browser: a window for each person, who stays signed in."""

    def __init__(self, browser: Browser, url: str, camera: Camera) -> None:
        self.browser = browser
        self.url = url
        self.camera = camera
        self.windows: dict[str, Page] = {}

    def window(self, name: str) -> Page:
        if name not in self.windows:
            page = self.browser.new_context(viewport=WIDE, device_scale_factor=1, locale="en-GB").new_page()
            page.context.set_default_timeout(PATIENCE)
            page.goto(self.url)
            page.get_by_role("button", name="Continue with").click()
            page.get_by_role("button", name=name).click()
            page.wait_for_url(f"{self.url}/")
            self.windows[name] = page
        return self.windows[name]

    def open(self, name: str, path: str) -> Page:
        page = self.window(name)
        page.goto(self.url + path)
        return page

    def take(self, name: str, path: str, picture: str, *looks: Look) -> None:
        self.camera.take(self.open(name, path), picture, *looks)


def ask(page: Page, question: str) -> None:
    page.get_by_label("Your message").fill(question)
    page.get_by_label("Your message").press("Enter")


def wait_answered(page: Page) -> None:
    expect(page.locator(".answer[data-state=done]").last).to_be_visible(timeout=PATIENCE)


def run_sample(page: Page) -> None:
    """Run the tool of this page with what its author left as an example."""
    page.get_by_role("link", name="Fill in a sample").click()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#answer .tool-run")).to_be_visible(timeout=PATIENCE)


def sign_in(company: Company) -> None:
    page = company.browser.new_context(viewport=WIDE).new_page()
    page.goto(company.url)
    company.camera.take(page, "sign-in")
    page.get_by_role("button", name="Continue with").click()
    company.camera.take(page, "demo-identity")
    page.get_by_role("button", name="Frank Doyle").click()
    expect(page.get_by_role("heading", name="switched off")).to_be_visible()
    company.camera.take(page, "switched-off")
    page.context.close()


def chat(company: Company) -> None:
    """An employee asks."""
    for question in QUESTIONS:
        page = company.open("Alice Moreau", "/")
        ask(page, question)
        wait_answered(page)
    page = company.open("Alice Moreau", "/")
    company.camera.take(page, "chat-new")
    ask(page, CAMPAIGN)
    expect(page.locator(".answer-live")).to_contain_text("demonstration")
    company.camera.take(page, "chat-streaming")
    wait_answered(page)
    page.reload()
    company.camera.take(page, "chat", DARK, ON_A_PHONE)
    page.get_by_role("button", name="Model:").click()
    company.camera.take(page, "chat-models")


def hub(company: Company) -> None:
    """She uses what colleagues made."""
    company.take("Alice Moreau", "/hub/", "hub", DARK, ON_A_PHONE)
    page = company.open("Alice Moreau", "/hub/?q=attributes")
    page.get_by_role("link", name="Listing attributes").click()
    run_sample(page)
    company.camera.take(page, "tool-data")
    page = company.open("Alice Moreau", "/hub/?q=plain")
    page.locator(".tool-card a").first.click()
    company.camera.take(page, "tool-new")
    run_sample(page)
    company.camera.take(page, "tool")
    page.get_by_role("link", name="About", exact=True).click()
    company.camera.take(page, "tool-about")
    company.take("Alice Moreau", "/hub/runs/", "my-runs")
    page.locator("tbody a").first.click()
    company.camera.take(page, "tool-run")


def studio(company: Company) -> None:
    """A power user makes a tool."""
    page = company.open("Carol Jensen", "/hub/tools/new/")
    company.camera.take(page, "studio-new")
    page.get_by_label("Name", exact=False).first.fill("Follow-up after a sales call")
    page.get_by_label("In one line").fill("From your notes of a call to a short, warm e-mail with the next step.")
    page.locator("#id_field-0-label").fill("Your notes")
    page.locator("#id_field-0-kind").select_option("long_text")
    page.get_by_role("button", name="Add a field").click()
    page.locator("#id_field-1-label").fill("Tone")
    page.locator("#id_field-1-kind").select_option("choice")
    page.locator("#id_field-1-choices").fill("warm\nfactual\nbrief")
    page.locator("#id_version-template").fill(
        "Write a follow-up e-mail in a {{ tone }} tone.\n\n<notes>\n{{ your_notes }}\n</notes>"
    )
    notes = "Met Mr Ito of Kanto Bikes. 40 city bikes by May; worried about spare parts. Send prices, call Friday."
    page.locator("#trial").get_by_label("Your notes").fill(notes)
    page.locator("#trial").get_by_label("Tone").select_option("warm")
    expect(page.locator("#prompt-text")).to_contain_text("Kanto Bikes. 40 city")
    company.camera.take(page, "studio")
    page.get_by_role("button", name="Save and try it").click()
    expect(page.locator("#answer .tool-run")).to_be_visible(timeout=PATIENCE)
    company.camera.take(page, "studio-tried")
    page.get_by_role("button", name="Publish…").click()
    page.get_by_label("Everyone").check()
    company.camera.take(page, "studio-publish")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("heading", name="Follow-up after a sales call")).to_be_visible()
    company.take("Carol Jensen", "/hub/tools/mine/", "my-tools")


def quotas(company: Company) -> None:
    """An owner sets what her department may spend; an employee meets the limit."""
    page = company.open("Ana Ribeiro", "/quotas/manage/")
    company.camera.take(page, "quotas-of-an-owner")
    page.get_by_role("link", name="Change the quota of Marketing per month").click()
    page.get_by_label("Limit", exact=False).first.fill("0.001")
    expect(page.locator("#effect")).not_to_be_empty()
    page.get_by_label("Reason").fill("The campaign is over")
    company.camera.take(page, "quota")
    page.get_by_role("button", name="Set quota").click()
    page = company.open("Alice Moreau", "/")
    ask(page, "Write three subject lines for the newsletter about winter bikes")
    expect(page.locator(".refusal")).to_be_visible()
    company.camera.take(page, "refusal")
    page = company.open("Dana Whitfield", "/quotas/manage/?q=Marketing")
    page.get_by_role("link", name="Change the quota of Marketing per month").click()
    page.get_by_label("Limit", exact=False).first.fill("300")
    page.get_by_label("Reason").fill("Raised for the new year")
    page.get_by_role("button", name="Set quota").click()
    company.take("Dana Whitfield", "/quotas/manage/", "quotas")
    company.take("Dana Whitfield", "/quotas/manage/people/", "quotas-of-people")
    company.take("Alice Moreau", "/quotas/", "my-limits")


def admin(company: Company) -> None:
    """An admin looks after models and people."""
    page = company.open("Dana Whitfield", "/models/")
    company.camera.take(page, "models")
    page.get_by_role("link", name="Demo Careful").click()
    company.camera.take(page, "model")
    page = company.open("Dana Whitfield", "/people/")
    company.camera.take(page, "people")
    page.get_by_role("link", name="Alice Moreau").click()
    company.camera.take(page, "person")
    page.get_by_role("button", name="Dana Whitfield").click()
    company.camera.take(page, "menu")
    company.take("Dana Whitfield", "/hub/", "hub-of-an-admin")


def providers(company: Company) -> None:
    """She adds a provider, and the prices that its contract names."""
    company.take("Dana Whitfield", "/providers/", "providers")
    company.take("Dana Whitfield", "/providers/-/new/", "provider-kinds")
    page = company.open("Dana Whitfield", "/providers/demo/")
    page.get_by_role("button", name="Find models").click()
    expect(page.get_by_role("heading", name="What it lists")).to_be_visible()
    company.camera.take(page, "provider")
    page = company.open("Dana Whitfield", "/models/-/prices/")
    page.get_by_label("Or the list itself").fill(PRICES)
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_role("heading", name="What would change")).to_be_visible()
    company.camera.take(page, "prices")


def coder(company: Company) -> None:
    """A key for programs."""
    company.take("Bob Lindqvist", "/account/", "account")
    page = company.open("Bob Lindqvist", "/account/keys/")
    company.camera.take(page, "keys-none")
    page.get_by_label("What will use it").fill("Newsletter script")
    page.get_by_role("button", name="Make a key").click()
    expect(page.get_by_text("It is not shown again")).to_be_visible()
    company.camera.take(page, "keys")
    page.goto(f"{company.url}/account/keys/")
    page.get_by_role("link", name="Set a limit").click()
    company.camera.take(page, "key-limit")
    company.take("Bob Lindqvist", "/developers/", "developers")


def gateway(company: Company) -> None:
    """What went through, a few seconds after it ended."""
    page = company.open("Dana Whitfield", "/gateway/?period=hour&by=tool")
    expect(page.get_by_role("link", name="listing-attributes")).to_be_visible(timeout=PATIENCE)
    company.camera.take(page, "gateway")
    page.goto(f"{company.url}/gateway/runs/")
    page.locator("tbody a").first.click()
    company.camera.take(page, "gateway-run")


def nothing(company: Company) -> None:
    """What is seen when there is nothing to see."""
    company.take("Bob Lindqvist", "/hub/runs/", "my-runs-none")
    company.take("Bob Lindqvist", "/hub/?q=unicorn", "hub-none")
    company.take("Bob Lindqvist", "/hub/tools/no-such-tool/", "not-found")
    company.take("Bob Lindqvist", "/people/", "not-allowed")
    company.take("Bob Lindqvist", "/chats/all/", "chats-none")


SCENES = (sign_in, chat, hub, studio, quotas, admin, providers, coder, gateway, nothing)


@contextmanager
def demo_company() -> Iterator[str]:
    """`make up` in a folder of its own; its address."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="playground-pictures-") as folder:
        environment = os.environ | {"DATA_DIR": folder, "PORT": str(port)}
        server = subprocess.Popen([sys.executable, "manage.py", "up"], env=environment)
        try:
            if not wait_open(port, seconds=120):
                raise SystemExit("the demo company did not start")
            yield f"http://localhost:{port}"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=60)


def main() -> None:
    parser = argparse.ArgumentParser(description="Take the pictures of the documentation again.")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--url", help="of a demo company that runs already")
    parser.add_argument("--all", action="store_true", help="every page, at two sizes, light and dark")
    parser.add_argument("--scene", action="append", help="only this one", choices=[scene.__name__ for scene in SCENES])
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with demo_company() if options.url is None else nullcontext(options.url) as url, chromium() as browser:
        company = Company(browser, url, Camera(options.folder, all_looks=options.all))
        for scene in SCENES:
            if not options.scene or scene.__name__ in options.scene:
                scene(company)


if __name__ == "__main__":
    main()
