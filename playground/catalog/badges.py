"""What is said about a model at a glance: in the picker, in lists, on its page."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from playground.catalog.access import is_retired, today
from playground.catalog.models import Model, ModelKind

# A book of three hundred pages is about so many tokens.
LONG_CONTEXT = 150_000


@dataclass(frozen=True, slots=True)
class Badge:
    """`level` is a colour of the look, or empty."""

    word: str
    level: str = ""


def badges_for(model: Model) -> list[Badge]:
    badges = []
    if is_retired(model):
        badges.append(Badge(_("retired"), "danger"))
    elif model.retires_on:
        day = date_format(model.retires_on, "SHORT_DATE_FORMAT")
        badges.append(Badge(_("until %(day)s") % {"day": day}, "warning"))
    elif model.new_until and model.new_until >= today():
        badges.append(Badge(_("new"), "accent"))
    abilities = (
        (model.kind == ModelKind.EMBEDDING, _("embeddings")),
        (model.reads_images, _("images")),
        (model.writes_json, _("JSON")),
        (model.context_tokens >= LONG_CONTEXT and model.kind == ModelKind.CHAT, _("long texts")),
    )
    return badges + [Badge(word) for is_able, word in abilities if is_able]
