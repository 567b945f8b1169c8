"""The admins' page of price lists: read one, see what it would change, then write it."""

import csv
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import role_required
from accounts.http import Request
from accounts.roles import is_admin
from playground.catalog.price_forms import PriceListForm
from playground.catalog.price_import import Change, Verdict, apply, current_list, preview
from playground.catalog.price_list import COLUMNS
from playground.catalog.prices import PARTS
from playground.catalog.pricing import parts
from playground.catalog.starters import as_of
from playground.lib.money import plain_money


@require_GET
@role_required(is_admin)
def index(request: Request) -> HttpResponse:
    return _page(request, PriceListForm())


@require_POST
@role_required(is_admin)
def preview_list(request: Request) -> HttpResponse:
    form = PriceListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    text = form.cleaned_data["text"]
    return _page(request, PriceListForm(initial={"text": text}), changes=preview(form.lines), text=text)


@require_POST
@role_required(is_admin)
def apply_list(request: Request) -> HttpResponse:
    form = PriceListForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    changes = apply(form.lines, actor=request.user)
    written = sum(change.verdict in {Verdict.NEW, Verdict.CHANGED} for change in changes)
    message = ngettext("%(count)s price is written.", "%(count)s prices are written.", written)
    messages.success(request, message % {"count": written} if written else _("Nothing had to change."))
    if bad := [change for change in changes if change.verdict == Verdict.BAD]:
        # Nothing is lost: what could not be used stays in the form, with its reasons.
        return _page(request, PriceListForm(initial={"text": form.cleaned_data["text"]}), changes=bad, status=422)
    return redirect("catalog:index")


@require_GET
@role_required(is_admin)
def download_list(request: Request) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="prices.csv"'
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    for price in current_list():
        now = parts(price)
        place = price.deployment
        writer.writerow([place.provider.slug, place.name, "", *(plain_money(now[name]) for name in PARTS)])
    return response


def _page(
    request: Request, form: PriceListForm, *, changes: list[Change] | None = None, text: str = "", status: int = 200
) -> HttpResponse:
    counts = {verdict.value: sum(one.verdict == verdict for one in changes or []) for verdict in Verdict}
    page: dict[str, Any] = {
        "form": form,
        "changes": [(one, _compared(one)) for one in changes or []],
        "counts": counts,
        "writes": counts["new"] + counts["changed"],
        "text": text,
        "columns": ", ".join(COLUMNS),
        "as_of": as_of(),
    }
    return render(request, "playground/catalog/price_list.html", page, status=status)


def _compared(change: Change) -> list[tuple[str, int | None, int]]:
    """Part, before and after, of the parts that differ."""
    if change.after is None:
        return []
    pairs = [(name, change.before[name] if change.before else None, change.after[name]) for name in PARTS]
    return [(name, before, after) for name, before, after in pairs if before != after]
