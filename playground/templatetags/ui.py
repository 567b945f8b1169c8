"""Tags and filters of the pages: thin calls into lib."""

import re
from datetime import datetime
from functools import cache

from django.conf import settings
from django.template import Library, TemplateSyntaxError
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext

from playground.lib import markdown as lib_markdown
from playground.lib.measures import format_count, format_ms, format_share
from playground.lib.money import format_money

register = Library()

SPRITE = "img/icons.svg"
# Younger than this reads as "just now"; older than that as a date.
NOW_SECONDS = 60
AGO_DAYS = 30


@cache
def icon_names() -> frozenset[str]:
    sprite = settings.BASE_DIR / "static" / SPRITE
    return frozenset(re.findall(r'<symbol id="([^"]+)"', sprite.read_text()))


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """A drawing of the sprite, for the eyes only: its meaning must stand beside it in words."""
    if name not in icon_names():
        raise TemplateSyntaxError(f"There is no icon {name!r} in static/{SPRITE}")
    css = f"icon {classes}".strip()
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>', css, static(SPRITE), name
    )


@register.simple_tag
def percent(part: int, whole: int) -> int:
    """How many of a hundred, rounded down and never above: 100 is full, 99 is not."""
    return max(0, min(100, part * 100 // whole)) if whole > 0 else 100


@register.filter
def money(amount: int | None) -> str:
    return "" if amount is None else format_money(amount)


@register.filter
def ms(duration: float | None) -> str:
    return format_ms(duration)


@register.filter
def count(number: float | None) -> str:
    return "" if number is None else format_count(number)


@register.filter
def share(part: int, whole: int) -> str:
    """ "3.1 %": how much `part` is of `whole`."""
    return format_share(part, whole)


@register.filter
def markdown(text: str) -> SafeString:
    return lib_markdown.render(text)


@register.filter
def ago(moment: datetime | None) -> SafeString | str:
    """ "5 minutes ago", a date when it is long ago; the exact time on hover."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    age = timezone.now() - moment
    if age.total_seconds() < NOW_SECONDS:
        words = gettext("just now")
    elif age.days < AGO_DAYS:
        words = gettext("%(time)s ago") % {"time": timesince(moment, depth=1)}
    else:
        words = date_format(local, "DATE_FORMAT")
    exact = date_format(local, "DATETIME_FORMAT")
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"), exact, words)
