"""Who may open what: every name of the URL table, by every person and key, on every object.

The table below is the policy. A name that is missing in it fails; so does one whose answer is another. What belongs to
somebody else is answered byte for byte like what does not exist.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.guards.world import World, missing_arguments, url_table

# alice and bob are in Marketing, which ana owns; eve and carol (who may publish) in Sales; dana is the admin.
PEOPLE = {"alice", "bob", "eve", "carol", "ana", "dana"}
# To a page a key is nobody, and so is somebody whose account is switched off.
STRANGERS = {"anonymous", "frank", "alice's key", "revoked key"}
KEY = {"alice's key"}
ALICE, ADMIN, MAKERS, OWNERS, NOBODY = {"alice"}, {"dana"}, {"carol", "dana"}, {"ana", "dana"}, set[str]()
SALES = {"eve", "carol", "dana"}


@dataclass(frozen=True)
class Rule:
    """Those of `who` get `get` and `post`, other people `others`, and strangers are sent to the sign-in page.

    A wrong method is 405 for everybody who is signed in, unless the role is `asked_first`, and for every program.
    """

    name: str
    on: str | None
    who: set[str]
    get: int
    post: int
    others: int = 404
    asked_first: bool = False
    strangers: int = 302

    def status(self, actor: str, verb: str, *, is_missing: bool = False) -> int:
        status = self.get if verb == "get" else self.post
        if actor in STRANGERS - self.who:
            return 405 if status == 405 and self.name.startswith(("api:", "hub_api:")) else self.strangers
        if actor not in self.who and (self.asked_first or status != 405):
            return self.others
        return 404 if is_missing and status != 405 else status


NO_COOKIE: Any = {"others": 401, "strangers": 401}
ROLE: Any = {"others": 403, "asked_first": True}
NO_PAGE: Any = {"others": 404, "asked_first": True, "strangers": 404}


# fmt: off
RULES = [
    #    name                       object                                   who      GET  POST
    Rule("chat:new",                None,                                    PEOPLE,  200, 405),
    Rule("chat:create",             None,                                    PEOPLE,  405, 422),
    Rule("chat:list",               None,                                    PEOPLE,  200, 405),
    Rule("chat:conversation",       "conversation",                          ALICE,   200, 405),
    Rule("chat:conversation",       "deleted conversation",                  NOBODY,  200, 405),
    Rule("chat:create_message",     "conversation",                          ALICE,   405, 422),
    Rule("chat:create_message",     "deleted conversation",                  NOBODY,  405, 422),
    Rule("chat:message",            "message",                               ALICE,   200, 405),
    Rule("chat:message",            "eve's message in alice's conversation", NOBODY,  200, 405),
    Rule("chat:message",            "alice's message in eve's conversation", NOBODY,  200, 405),
    Rule("chat:regenerate",         "message",                               ALICE,   405, 422),
    Rule("chat:regenerate",         "alice's message in eve's conversation", NOBODY,  405, 422),
    Rule("chat:continue",           "message",                               ALICE,   405, 422),
    Rule("chat:continue",           "alice's message in eve's conversation", NOBODY,  405, 422),
    Rule("chat:choose",             "message",                               ALICE,   405, 302),
    Rule("chat:choose",             "alice's message in eve's conversation", NOBODY,  405, 302),
    Rule("chat:estimate",           None,                                    PEOPLE,  405, 200),
    Rule("chat:estimate_in",        "conversation",                          ALICE,   405, 200),
    Rule("chat:estimate_in",        "deleted conversation",                  NOBODY,  405, 200),
    Rule("chat:row",                "conversation",                          ALICE,   200, 405),
    Rule("chat:rename",             "conversation",                          ALICE,   200, 422),
    Rule("chat:delete",             "conversation",                          ALICE,   405, 302),
    Rule("chat:delete",             "deleted conversation",                  NOBODY,  405, 302),
    Rule("chat:restore",            "deleted conversation",                  ALICE,   405, 302),
    Rule("chat:restore",            "conversation",                          NOBODY,  405, 302),

    Rule("hub:index",               None,                                    PEOPLE,  200, 405),
    Rule("hub:new_tool",            None,                                    MAKERS,  200, 422, others=403),
    Rule("hub:my_tools",            None,                                    MAKERS,  200, 405, others=403),
    Rule("hub:preview",             None,                                    MAKERS,  405, 200, others=403),
    Rule("hub:tool",                "everyone's tool",                       PEOPLE,  200, 405),
    Rule("hub:tool",                "tool of Sales",                         SALES,   200, 405),
    Rule("hub:tool",                "carol's tool",                          {"carol"}, 200, 405),
    Rule("hub:tool_about",          "tool of Sales",                         SALES,   200, 405),
    Rule("hub:tool_about",          "carol's tool",                          {"carol"}, 200, 405),
    Rule("hub:tool_runs",           "tool of Sales",                         SALES,   200, 405),
    Rule("hub:tool_runs",           "carol's tool",                          {"carol"}, 200, 405),
    Rule("hub:create_tool_run",     "everyone's tool",                       PEOPLE,  405, 422),
    Rule("hub:create_tool_run",     "tool of Sales",                         SALES,   405, 422),
    Rule("hub:create_tool_run",     "carol's tool",                          {"carol"}, 405, 422),
    Rule("hub:estimate_tool",       "everyone's tool",                       PEOPLE,  405, 200),
    Rule("hub:estimate_tool",       "tool of Sales",                         SALES,   405, 200),
    Rule("hub:estimate_tool",       "carol's tool",                          {"carol"}, 405, 200),
    Rule("hub:edit_tool",           "everyone's tool",                       MAKERS,  200, 422),
    Rule("hub:edit_tool",           "tool of Sales",                         MAKERS,  200, 422),
    Rule("hub:edit_tool",           "carol's tool",                          {"carol"}, 200, 422),
    Rule("hub:retire_tool",         "tool of Sales",                         MAKERS,  405, 302),
    Rule("hub:retire_tool",         "carol's tool",                          {"carol"}, 405, 302),
    Rule("hub:my_runs",             None,                                    PEOPLE,  200, 405),
    Rule("hub:tool_run",            "tool run",                              ALICE,   200, 405),
    Rule("hub:download_tool_run",   "file",                                  ALICE,   200, 405),

    Rule("runs:run_events",         "run",                                   ALICE,   200, 405),
    Rule("runs:cancel",             "run",                                   ALICE,   405, 302),
    Rule("runs:provider_day",       "provider",                              ADMIN,   200, 405, others=403),

    Rule("quota:mine",              None,                                    PEOPLE,  200, 405),
    Rule("quota:manage",            None,                                    OWNERS,  200, 405, **ROLE),
    Rule("quota:manage_people",     None,                                    ADMIN,   200, 405, **ROLE),
    Rule("quota:edit_company",      "company",                               ADMIN,   200, 422),
    Rule("quota:edit_company",      "no period",                             NOBODY,  200, 422),
    Rule("quota:edit_department",   "Marketing",                             OWNERS,  200, 422),
    Rule("quota:edit_person",       "quota of bob",                          ADMIN,   200, 422),

    Rule("catalog:index",           None,                                    ADMIN,   200, 405, others=403),
    Rule("catalog:model",           "model",                                 ADMIN,   200, 422, others=403),
    Rule("catalog:create_price",    "deployment",                            ADMIN,   405, 422, others=403),
    Rule("catalog:deployment",      "deployment",                            ADMIN,   405, 422, others=403),
    Rule("catalog:fallbacks",       "model",                                 ADMIN,   405, 302, others=403),
    Rule("catalog:defaults",        None,                                    ADMIN,   200, 302, others=403),
    Rule("catalog:prices",          None,                                    ADMIN,   200, 405, others=403),
    Rule("catalog:preview_prices",  None,                                    ADMIN,   405, 422, others=403),
    Rule("catalog:apply_prices",    None,                                    ADMIN,   405, 422, others=403),
    Rule("catalog:download_prices", None,                                    ADMIN,   200, 405, others=403),
    Rule("providers:index",         None,                                    ADMIN,   200, 405, others=403),
    Rule("providers:create",        None,                                    ADMIN,   200, 200, others=403),
    Rule("providers:provider",      "provider",                              ADMIN,   200, 422, others=403),
    Rule("providers:test",          "provider",                              ADMIN,   405, 302, others=403),
    Rule("providers:find_models",   "provider",                              ADMIN,   405, 302, others=403),
    Rule("providers:add_models",    "provider",                              ADMIN,   405, 422, others=403),
    Rule("providers:ask",           "place",                                 ADMIN,   405, 302, others=403),

    Rule("traffic:index",           None,                                    OWNERS,  200, 405, **ROLE),
    Rule("traffic:now",             None,                                    ADMIN,   200, 405, **ROLE),
    Rule("traffic:export",          None,                                    OWNERS,  200, 405, **ROLE),
    Rule("traffic:runs",            None,                                    OWNERS,  200, 405, **ROLE),
    Rule("traffic:run",             "ended run",                             OWNERS,  200, 405, **ROLE),
    # For Prometheus, whose token nobody of these has.
    Rule("metrics",                 None,                                    NOBODY,  200, 405, **NO_PAGE),

    Rule("account",                 None,                                    PEOPLE,  200, 405),
    Rule("keys",                    None,                                    PEOPLE,  200, 422),
    Rule("limit_key",               "key",                                   ALICE,   200, 302),
    Rule("developers",              None,                                    PEOPLE,  200, 405),
    Rule("revoke_key",              "key",                                   ALICE,   405, 302),
    Rule("revoke_key",              "revoked key",                           ALICE,   405, 302),
    Rule("people",                  None,                                    ADMIN,   200, 405, **ROLE),
    Rule("person",                  "bob",                                   ADMIN,   200, 405, **ROLE),
    Rule("disable_person",          "bob",                                   ADMIN,   405, 422, **ROLE),
    Rule("enable_person",           "bob",                                   ADMIN,   405, 422, **ROLE),
    Rule("change_role",             "bob",                                   ADMIN,   405, 422, **ROLE),
    Rule("add_place",               "bob",                                   ADMIN,   405, 422, **ROLE),
    Rule("remove_place",            "bob's place",                           ADMIN,   405, 302, **ROLE),
    Rule("pay_from_place",          "bob's place",                           ADMIN,   405, 302, **ROLE),

    # For programs: a cookie is no key.
    Rule("api:models",              None,                                    KEY,     200, 405, **NO_COOKIE),
    Rule("api:model",               "model",                                 KEY,     200, 405, **NO_COOKIE),
    Rule("api:responses",           None,                                    KEY,     405, 400, **NO_COOKIE),
    Rule("api:embeddings",          None,                                    KEY,     405, 400, **NO_COOKIE),
    Rule("hub_api:tools",           None,                                    KEY,     200, 405, **NO_COOKIE),
    Rule("hub_api:tool",            "everyone's tool",                       KEY,     200, 405, **NO_COOKIE),
    Rule("hub_api:tool",            "tool of Sales",                         KEY,     404, 405, **NO_COOKIE),
    Rule("hub_api:create_run",      "everyone's tool",                       KEY,     405, 400, **NO_COOKIE),
    Rule("hub_api:run",             "run of a tool",                         KEY,     200, 405, **NO_COOKIE),
    Rule("api:chat_completions",    None,                                    KEY,     405, 400, **NO_COOKIE),
    Rule("api:messages",            None,                                    KEY,     405, 400, **NO_COOKIE),

    # For everybody.
    Rule("sign_in",                 None,                                    STRANGERS, 200, 405, others=302),
    Rule("sign_out",                None,                                    PEOPLE | STRANGERS, 405, 302),
    Rule("openid_connect_login",    None,                                    PEOPLE | STRANGERS, 302, 302),
    Rule("openid_connect_callback", None,                                    PEOPLE | STRANGERS, 302, 405),
    Rule("api:openapi",             None,                                    PEOPLE | STRANGERS, 200, 405),
    Rule("api:nowhere",             None,                                    PEOPLE | STRANGERS, 404, 404),
    Rule("livez",                   None,                                    PEOPLE | STRANGERS, 200, 200),
    Rule("readyz",                  None,                                    PEOPLE | STRANGERS, 200, 200),
    Rule("break_glass",             None,                                    PEOPLE | STRANGERS, 200, 200),
    Rule("admin:login",             None,                                    PEOPLE | STRANGERS, 200, 200),
]
# fmt: on
ASYNC = {"runs:run_events", "readyz"} | {rule.name for rule in RULES if rule.name.startswith(("api:", "hub_api:"))}
NAMES = sorted({rule.name for rule in RULES})


def test_every_name_has_a_policy() -> None:
    """Django's admin is for the break-glass account alone, whom nobody of the cast is."""
    declared = {rule.name for rule in RULES}
    assert {name for name in url_table() if name not in declared and not name.startswith("admin:")} == set()
    assert declared <= url_table().keys()


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ASYNC])
def test_everybody_gets_what_the_policy_says(world: World, name: str) -> None:
    assert list(wrong_cells(world, name)) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_worker")
@pytest.mark.parametrize("name", sorted(ASYNC))
def test_it_holds_for_what_streams_and_for_programs(world: World, name: str) -> None:
    assert list(wrong_cells(world, name)) == []


def test_the_admin_site_is_nobodys(world: World) -> None:
    for name, pattern in url_table().items():
        if not name.startswith("admin:") or name in {"admin:login", "admin:None"}:
            continue
        arguments = {"app_label": "auth"} if name == "admin:app_list" else missing_arguments(pattern)
        for actor in PEOPLE | STRANGERS:
            response = world.client(actor).get(reverse(name, kwargs=arguments))
            assert response.status_code == 302, (name, actor)
            assert response.headers["Location"].startswith(("/sign-in/", "/admin/")), (name, actor)


def wrong_cells(world: World, name: str) -> Iterable[tuple[object, ...]]:
    for actor in sorted(PEOPLE | STRANGERS):
        client = world.client(actor)
        for rule in (rule for rule in RULES if rule.name == name):
            for verb in ("get", "post"):
                yield from wrong_in(world, rule, actor, client, verb)


def wrong_in(world: World, rule: Rule, actor: str, client: Client, verb: str) -> Iterable[tuple[object, ...]]:
    there = ask(client, verb, reverse(rule.name, kwargs=world.objects[rule.on] if rule.on else {}))
    if there.status_code != rule.status(actor, verb):
        yield rule.name, rule.on, actor, verb, there.status_code, "not", rule.status(actor, verb)
    if rule.on is None:
        return
    path = reverse(rule.name, kwargs=missing_arguments(url_table()[rule.name]))
    missing = ask(client, verb, path)
    if missing.status_code != rule.status(actor, verb, is_missing=True):
        yield rule.name, "missing", actor, verb, missing.status_code, "not", rule.status(actor, verb, is_missing=True)
    if there.status_code == missing.status_code == 404 and seen(there) != seen(missing):
        yield rule.name, rule.on, actor, verb, "a foreign thing is not answered like a missing one"


def ask(client: Client, verb: str, path: str) -> Any:
    """The answer, with all that it changed taken back where the test is one transaction."""
    if not transaction.get_connection().in_atomic_block:
        return send(client, verb, path)
    with transaction.atomic():
        response = send(client, verb, path)
        transaction.set_rollback(True)
    return response


def send(client: Client, verb: str, path: str) -> Any:
    if verb == "get":
        return client.get(path)
    if path.startswith("/v1/"):
        return client.post(path, "{}", content_type="application/json")
    return client.post(path, {"csrfmiddlewaretoken": "as in every form"})


def seen(response: HttpResponse) -> tuple[object, ...]:
    """All that a browser gets, without the token and the name that are others in every answer."""
    body = re.sub(rb"[A-Za-z0-9]{64}", b"token", response.content)
    headers = {name: value for name, value in response.headers.items() if not name.lower().endswith("request-id")}
    return response.status_code, body, headers
