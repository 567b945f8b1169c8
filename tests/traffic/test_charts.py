"""Charts are drawn where the numbers are, and say in words what they show."""

import re

import pytest
from django.test import Client

from accounts.models import User
from playground.traffic.folding import fold_all
from tests.traffic.conftest import EndRun

pytestmark = pytest.mark.django_db


def test_a_chart_shows_what_the_table_says(client: Client, dana: User, end_run: EndRun) -> None:
    for _ in range(3):
        end_run(cost=1_000_000)
    end_run(state="failed", error_code="timed_out", cost=0)
    fold_all()
    client.force_login(dana)
    response = client.get("/gateway/?period=month")
    requests, first, tokens, cost = response.context["charts"]
    fine, failed = requests.bars
    assert (requests.top, fine.kind, failed.kind) == ("4", "fine", "failed")
    assert (float(fine.height), float(failed.height), float(failed.y)) == (75, 25, 0)
    assert float(fine.x) > 900, "today is at the right"
    assert requests.summary == "Done: 3, Stopped: 0, Failed: 1"
    assert (cost.top, len(tokens.bars)) == ("$3.00", 2)
    assert "p50: 0.5" in first.summary
    html = response.content.decode()
    assert html.count('<svg viewBox="0 0 1000 100"') == 4
    assert 'aria-label="Requests. Done: 3, Stopped: 0, Failed: 1"' in html
    assert not re.search(r'<svg[^>]*style|<rect[^>]*(?:x|y|width|height)="[^"]*,', html)


def test_nothing_is_said_to_be_nothing(client: Client, dana: User) -> None:
    client.force_login(dana)
    charts = client.get("/gateway/").context["charts"]
    assert all(chart.is_empty for chart in charts)
