"""The tags of the pages."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.template import TemplateSyntaxError
from django.utils import timezone

from playground.templatetags.ui import ago, icon, icon_names, money, percent


def test_an_icon_points_into_the_sprite() -> None:
    assert '<use href="/static/img/icons.svg#send">' in icon("send")


def test_an_icon_is_for_the_eyes_only() -> None:
    assert 'aria-hidden="true"' in icon("send")


def test_an_unknown_icon_fails_loudly() -> None:
    with pytest.raises(TemplateSyntaxError, match="unicorn"):
        icon("unicorn")


@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(0, 10, 0), (5, 10, 50), (999, 1000, 99), (10, 10, 100), (30, 10, 100), (0, 0, 100)]
)
def test_percent_is_full_only_when_it_is(part: int, whole: int, shown: int) -> None:
    assert percent(part, whole) == shown


def test_no_money_is_no_text() -> None:
    assert money(None) == ""


def test_a_moment_ago_is_just_now() -> None:
    assert ">just now<" in ago(timezone.now())


def test_some_hours_are_one_number() -> None:
    moment = timezone.now() - timedelta(hours=3, minutes=20)
    assert ">3\xa0hours ago<" in ago(moment)


def test_long_ago_is_a_date() -> None:
    moment = timezone.now() - timedelta(days=400)
    assert str(timezone.localtime(moment).year) in ago(moment)
    assert "ago<" not in ago(moment)


def test_no_drawing_is_carried_along_unused() -> None:
    """Every symbol is named by a template, a script or the choices of the studio."""
    files = [path for folder in ("templates", "static/js", "hub") for path in (settings.BASE_DIR / folder).rglob("*.*")]
    texts = [path.read_text() for path in files if path.suffix in {".html", ".js", ".py"}]
    assert icon_names() <= {name for text in texts for name in re.findall(r"""["'#]([\w-]+)["']""", text)}
