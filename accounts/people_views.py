"""The people of the company, for those who may manage them."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.audit import sentence
from accounts.decorators import role_required
from accounts.errors import NotPossible
from accounts.finding import find_people
from accounts.forms import MembershipForm, ReasonForm, RoleForm
from accounts.http import Request
from accounts.models import AuditEvent, Membership, Source, User
from accounts.people import (
    disable_user,
    enable_user,
    remove_manual_membership,
    set_manual_membership,
    set_primary,
    set_role,
)
from accounts.roles import may_manage_people

PAGE = 50
RECENT_EVENTS = 20


@role_required(may_manage_people)
@require_safe
def people(request: Request) -> HttpResponse:
    query, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    places = Prefetch("memberships", Membership.objects.select_related("department").order_by("-is_primary", "pk"))
    found = find_people(query).prefetch_related(places)
    if state in {"active", "disabled"}:
        found = found.filter(is_active=state == "active")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/people.html", {"page": page, "q": query, "state": state})


@role_required(may_manage_people)
@require_safe
def person(request: Request, pk: int) -> HttpResponse:
    return _page(request, get_object_or_404(User, pk=pk))


def _page(request: Request, user: User, **bound: Form) -> HttpResponse:
    """The person's page; a form that was filled in wrongly takes the place of its empty one."""
    events = AuditEvent.objects.filter(target_type=User._meta.label_lower, target_id=str(user.pk))
    by_hand = {"role": user.role if user.role_source == Source.MANUAL else ""}
    context = {
        "person_shown": user,
        "places": user.memberships.select_related("department").order_by("-is_primary", "department__name"),
        "events": [(event, sentence(event)) for event in events.select_related("actor")[:RECENT_EVENTS]],
        "role_form": RoleForm(auto_id="role-%s", initial=by_hand),
        "place_form": MembershipForm(auto_id="place-%s"),
        "active_form": ReasonForm(auto_id="active-%s"),
        **bound,
    }
    return render(request, "accounts/person.html", context, status=422 if bound else 200)


def _change(request: Request, user: User, verb: Callable[..., object], done: str, **forms: Form) -> HttpResponse:
    """Do what the form asks and go back to the person; or show the form again with what is wrong."""
    (form,) = forms.values()
    if form.is_valid():
        try:
            verb(user, actor=request.user, **form.cleaned_data)
            messages.success(request, done % {"name": user})
            return redirect("person", pk=user.pk)
        except NotPossible as error:
            form.add_error(None, str(error))
    return _page(request, user, **forms)


@role_required(may_manage_people)
@require_POST
def disable(request: Request, pk: int) -> HttpResponse:
    user, form = get_object_or_404(User, pk=pk), ReasonForm(request.POST, auto_id="active-%s")
    done = _("%(name)s is out: sessions, keys and running answers have ended.")
    return _change(request, user, disable_user, done, active_form=form)


@role_required(may_manage_people)
@require_POST
def enable(request: Request, pk: int) -> HttpResponse:
    user, form = get_object_or_404(User, pk=pk), ReasonForm(request.POST, auto_id="active-%s")
    return _change(request, user, enable_user, _("%(name)s may sign in again."), active_form=form)


@role_required(may_manage_people)
@require_POST
def change_role(request: Request, pk: int) -> HttpResponse:
    user, form = get_object_or_404(User, pk=pk), RoleForm(request.POST, auto_id="role-%s")
    return _change(request, user, set_role, _("The role of %(name)s is changed."), role_form=form)


@role_required(may_manage_people)
@require_POST
def add_place(request: Request, pk: int) -> HttpResponse:
    user, form = get_object_or_404(User, pk=pk), MembershipForm(request.POST, auto_id="place-%s")
    return _change(request, user, set_manual_membership, _("%(name)s has a new place."), place_form=form)


@role_required(may_manage_people)
@require_POST
def remove_place(request: Request, pk: int, place: int) -> HttpResponse:
    membership = get_object_or_404(Membership, pk=place, user=pk)
    try:
        remove_manual_membership(membership, actor=request.user)
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect("person", pk=pk)


@role_required(may_manage_people)
@require_POST
def pay_from_place(request: Request, pk: int, place: int) -> HttpResponse:
    set_primary(get_object_or_404(Membership, pk=place, user=pk), actor=request.user)
    return redirect("person", pk=pk)
