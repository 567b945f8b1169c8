"""Forms of models: how one is shown, who serves it, who answers in its place."""

from typing import Any

from django import forms
from django.conf import settings
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Role
from playground.catalog.access import is_retired
from playground.catalog.models import Audience, Cause, DepartmentDefault, Deployment, Model, ModelKind


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ModelForm(forms.ModelForm):  # type: ignore[type-arg]
    departments = forms.ModelMultipleChoiceField(
        Department.objects.filter(archived_at=None),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Departments"),
        help_text=_("Counts where “Some departments” is chosen."),
    )
    roles = forms.MultipleChoiceField(
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Roles"),
        help_text=_("Counts where “Some roles” is chosen."),
    )

    # The parts of the page, in order.
    GROUPS = (
        (_("What people see"), ("name", "description", "position", "new_until")),
        (_("Who may pick it"), ("audience", "departments", "roles")),
        (
            _("What it can do"),
            ("context_tokens", "max_output_tokens", "reads_images", "writes_json", "calls_functions"),
        ),
        (_("Retirement"), ("retires_on", "replacement")),
        (_("When several places serve it"), ("routing",)),
    )

    class Meta:
        model = Model
        fields = [
            "name", "description", "position", "new_until", "audience", "departments", "roles", "context_tokens",
            "max_output_tokens", "reads_images", "writes_json", "calls_functions", "retires_on", "replacement",
            "routing",
        ]  # fmt: skip
        labels = {
            "audience": _("Who may pick it"),
            "position": _("Place in the list"),
            "new_until": _("Shown as new until"),
            "context_tokens": _("Longest question and answer together, in tokens"),
            "max_output_tokens": _("Longest answer, in tokens"),
            "reads_images": _("Reads images"),
            "writes_json": _("Writes data (JSON) to a schema"),
            "calls_functions": _("Calls functions"),
            "retires_on": _("Retires on"),
            "replacement": _("Replacement"),
            "routing": _("Which one is asked first"),
        }
        help_texts = {
            "description": _("One plain sentence: what is it good for?"),
            "position": _("Lower numbers stand first in the picker."),
            "retires_on": _("From that day on nobody can pick it. People are told beforehand."),
            "replacement": _("Answers from that day on in its conversations, in its tools and for programs."),
            "routing": _("Among places of the same priority. A lower priority number always goes first."),
        }
        widgets = {"new_until": DayInput, "retires_on": DayInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        replacement = self.fields["replacement"]
        assert isinstance(replacement, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        replacement.queryset = Model.objects.filter(kind=self.instance.kind).exclude(pk=self.instance.pk)
        replacement.empty_label = _("Nobody")

    def groups(self) -> list[tuple[Any, list[BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in self.GROUPS]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        audience, replacement = cleaned.get("audience"), cleaned.get("replacement")
        if audience == Audience.DEPARTMENTS and not cleaned.get("departments"):
            self.add_error("departments", _("Choose at least one department."))
        if audience == Audience.ROLES and not cleaned.get("roles"):
            self.add_error("roles", _("Choose at least one role."))
        if replacement and cleaned.get("retires_on") and self._leads_back(replacement):
            self.add_error("replacement", _("This one is itself replaced by the model you are changing."))
        if replacement and is_retired(replacement):
            self.add_error("replacement", _("This one is retired itself."))
        return cleaned

    def _leads_back(self, replacement: Model) -> bool:
        seen: set[int] = set()
        now: Model | None = replacement
        while now is not None and now.pk not in seen:
            if now.pk == self.instance.pk:
                return True
            seen.add(now.pk)
            now = now.replacement
        return False


class DeploymentForm(forms.ModelForm):  # type: ignore[type-arg]
    SECONDS = ("first_byte_seconds", "idle_seconds", "total_seconds")

    class Meta:
        model = Deployment
        fields = [
            "priority", "weight", "requests_per_minute", "tokens_per_minute", "max_parallel", "first_byte_seconds",
            "idle_seconds", "total_seconds", "is_active",
        ]  # fmt: skip
        labels = {
            "requests_per_minute": _("Requests a minute"),
            "tokens_per_minute": _("Tokens a minute"),
            "max_parallel": _("Requests at once"),
            "first_byte_seconds": _("Seconds to the first byte"),
            "idle_seconds": _("Seconds of silence"),
            "total_seconds": _("Seconds in all"),
            "is_active": _("In use"),
        }
        help_texts = {
            "priority": _("Lower goes first."),
            "weight": _("Its share among those of the same priority."),
            "requests_per_minute": _("Empty: no limit of ours."),
            "tokens_per_minute": _("Empty: no limit of ours."),
            "max_parallel": _("Empty: no limit of ours."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = settings.RUN_FIRST_BYTE_SECONDS, settings.RUN_IDLE_SECONDS, settings.RUN_TOTAL_SECONDS
        for name, seconds in zip(self.SECONDS, usual, strict=True):
            self.fields[name].help_text = _("Empty: %(seconds)g, as everywhere.") % {"seconds": seconds}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        most = settings.RUN_TOTAL_SECONDS
        given = {name: seconds for name in self.SECONDS if (seconds := cleaned.get(name)) is not None}
        for name, seconds in given.items():
            if seconds < 1:
                self.add_error(name, _("At least 1 second."))
            elif seconds > most:
                self.add_error(name, _("At most %(seconds)g: no answer may take longer in all.") % {"seconds": most})
            elif name != "total_seconds" and seconds > given.get("total_seconds", seconds):
                self.add_error(name, _("Not more than the seconds in all."))
        return cleaned

    def clean_weight(self) -> int:
        weight: int = self.cleaned_data["weight"]
        if weight < 1:
            raise forms.ValidationError(_("At least 1. To take it out of use, switch it off."))
        return weight


class FallbackForm(forms.Form):
    """For each cause up to three models, in order."""

    PLACES = 3

    def __init__(self, *args: Any, model: Model, **kwargs: Any) -> None:
        chains: dict[str, list[Model]] = {}
        for fallback in model.fallbacks.select_related("to_model"):
            chains.setdefault(fallback.cause, []).append(fallback.to_model)
        initial = {
            f"{cause}_{place}": others[place - 1].pk
            for cause, others in chains.items()
            for place in range(1, min(len(others), self.PLACES) + 1)
        }
        super().__init__(*args, **kwargs)
        self.initial = initial
        others = Model.objects.filter(kind=ModelKind(model.kind)).exclude(pk=model.pk)
        names = [(str(other.pk), other.name) for other in others]
        for cause, label in Cause.choices:
            for place in range(1, self.PLACES + 1):
                then = _("Nobody") if place == 1 else _("Then nobody")
                self.fields[f"{cause}_{place}"] = forms.TypedChoiceField(
                    choices=[("", then), *names], required=False, coerce=int, empty_value=None,
                    label=_("%(cause)s, choice %(place)s") % {"cause": label, "place": place},
                )  # fmt: skip

    def rows(self) -> list[tuple[str, list[BoundField]]]:
        return [
            (str(label), [self[f"{cause}_{place}"] for place in range(1, self.PLACES + 1)])
            for cause, label in Cause.choices
        ]

    def chains(self) -> dict[str, list[Model]]:
        models = Model.objects.in_bulk([pk for pk in self.cleaned_data.values() if pk])
        return {
            str(cause): [
                models[pk] for place in range(1, self.PLACES + 1) if (pk := self.cleaned_data[f"{cause}_{place}"])
            ]
            for cause in Cause.values
        }


class DefaultsForm(forms.Form):
    """A model for each department."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = dict(DepartmentDefault.objects.values_list("department_id", "model_id"))
        self.departments = list(Department.objects.filter(archived_at=None))
        self.models = {model.pk: model for model in Model.objects.filter(kind=ModelKind.CHAT)}
        choices = [("", _("The first of the list")), *((pk, model.name) for pk, model in self.models.items())]
        for department in self.departments:
            self.fields[f"model_{department.pk}"] = forms.TypedChoiceField(
                choices=choices, required=False, coerce=int, empty_value=None, label=department.name,
                initial=chosen.get(department.pk),
            )  # fmt: skip

    def chosen(self) -> dict[Department, Model | None]:
        return {
            department: self.models.get(self.cleaned_data[f"model_{department.pk}"]) for department in self.departments
        }
