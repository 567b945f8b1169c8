"""What I may spend; and for owners and admins, who may spend what."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import role_required
from accounts.departments import primary_department
from accounts.finding import find_people
from accounts.http import Request
from accounts.models import Department, User
from accounts.roles import is_admin, owned_departments
from playground.quota.access import may_manage, target_for
from playground.quota.forms import QuotaForm
from playground.quota.limits import remaining, set_quota, tightest_of
from playground.quota.models import Period
from playground.quota.overview import row_for, rows_for, scope_of

PAGE = 25


@require_safe
def mine(request: Request) -> HttpResponse:
    department = primary_department(request.user)
    limits = remaining(request.user, department)
    nearest_first = sorted(limits, key=lambda limit: (limit.left is None, limit.left or 0))
    context = {"limits": nearest_first, "tightest": tightest_of(limits), "department": department}
    return render(request, "playground/quota/mine.html", context)


@role_required(may_manage)
@require_safe
def manage(request: Request) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    page = Paginator(find_departments(request.user, query), PAGE).get_page(request.GET.get("page"))
    targets = [*([None] if is_admin(request.user) and page.number == 1 and not query else []), *page]
    context = {"page": page, "rows": rows_for(targets), "q": query, "is_admin": is_admin(request.user)}
    return render(request, "playground/quota/manage.html", context)


@role_required(is_admin)
@require_safe
def manage_people(request: Request) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    page = Paginator(find_people(query).filter(is_active=True), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": rows_for(list(page)), "q": query, "is_admin": True, "people": True}
    return render(request, "playground/quota/manage.html", context)


def find_departments(user: User, query: str) -> QuerySet[Department]:
    found = Q(name__icontains=query.replace("\x00", "")) | Q(cost_centre__icontains=query.replace("\x00", ""))
    return owned_departments(user).filter(found).distinct().order_by("name")


@require_http_methods(["GET", "HEAD", "POST"])
def edit_quota(request: Request, scope: str, period: str, pk: int | None = None) -> HttpResponse:
    """A `preview` says what the limit would do, and does nothing."""
    if period not in Period.values:
        raise Http404
    row = row_for(target_for(request.user, scope, pk), period)
    form = QuotaForm(request.POST or None, limit=row.now.limit)
    knows_limit = form.is_bound and (form.is_valid() or "limit" not in form.errors)
    effect = row.effect_of(form.cleaned_data["amount"]) if knows_limit else ""
    context = {"row": row, "form": form, "effect": effect}
    if "preview" in request.POST:
        template = "_effect.html" if request.htmx else "edit.html"
        return render(request, f"playground/quota/{template}", context)
    if not form.is_valid():
        return render(request, "playground/quota/edit.html", context, status=422 if form.is_bound else 200)
    set_quota(
        scope=scope_of(row.target),
        target=row.target,
        period=period,
        limit=form.cleaned_data["amount"],
        actor=request.user,
        reason=form.cleaned_data["reason"],
    )
    messages.success(request, _("The quota of %(name)s is set. %(effect)s") % {"name": row.now.name, "effect": effect})
    return redirect("quota:manage_people" if isinstance(row.target, User) else "quota:manage")
