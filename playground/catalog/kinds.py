"""The kinds of providers as people choose them: their names, and what each needs beside address and key.

`gateway.providers.KINDS` says who speaks to them; a test holds the two together.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DATA = Path(__file__).parent / "data" / "presets.json"


@dataclass(frozen=True, slots=True)
class Option:
    """A field of the provider's page that only some kinds have."""

    label: Promise
    help: Promise
    default: str = ""
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    name: Promise
    key_help: Promise
    options: Mapping[str, Option]
    needs_address: bool = False
    lists_models: bool = True


_key = _("As the provider shows it when it is made.")
KINDS: dict[str, Kind] = {
    "openai": Kind(_("OpenAI"), _key, {}),
    "azure_openai": Kind(
        _("Azure OpenAI"),
        _("Key 1 or 2 of the resource."),
        {"api_version": Option(_("API version"), _("A date, as Azure names its interfaces."), "2024-10-21")},
        needs_address=True,
        lists_models=False,
    ),
    "openai_compatible": Kind(
        _("Compatible with OpenAI"), _("May stay empty for a server that wants none."), {}, needs_address=True
    ),
    "anthropic": Kind(_("Anthropic"), _key, {}),
    "anthropic_bedrock": Kind(
        _("Anthropic at Amazon Bedrock"),
        _("An API key of Bedrock, or access key id:secret key. Empty: the role of this machine."),
        {
            "region": Option(
                _("AWS region"), _("Where Bedrock is called, such as eu-west-1."), "us-east-1", is_required=True
            )
        },
        lists_models=False,
    ),
    "anthropic_vertex": Kind(
        _("Anthropic at Google Vertex AI"),
        _("The JSON of a service account’s key. Empty: the account of this machine."),
        {
            "project": Option(_("Google Cloud project"), _("Its id."), is_required=True),
            "region": Option(_("Vertex region"), _("Such as europe-west1, or global."), "global", is_required=True),
        },
        lists_models=False,
    ),
}


@dataclass(frozen=True, slots=True)
class Preset:
    """A starting point for the form."""

    name: str
    kind: str
    base_url: str = ""
    variable: str = ""
    data_use: str = ""


@cache
def presets() -> dict[str, Preset]:
    rows: dict[str, dict[str, str]] = json.loads(DATA.read_text())["presets"]
    return {slug: Preset(**row) for slug, row in rows.items()}
