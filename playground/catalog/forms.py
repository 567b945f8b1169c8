from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from playground.catalog.models import Audience, Model
from playground.lib.money import format_money, parse_money


class MoneyField(forms.CharField):
    """Typed in units of the currency, cleaned to micro-units."""

    def to_python(self, value: object) -> Any:
        text = super().to_python(value)
        try:
            return parse_money(text) if text else None
        except ValueError:
            raise forms.ValidationError(_("Write an amount such as 2.50.")) from None


class ModelForm(forms.ModelForm):  # type: ignore[type-arg]
    departments = forms.ModelMultipleChoiceField(
        Department.objects.filter(archived_at=None),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Departments"),
        help_text=_("Counts where “Some departments” is chosen."),
    )

    class Meta:
        model = Model
        fields = ["name", "description", "audience", "departments", "max_output_tokens", "position"]
        labels = {"audience": _("Who may pick it"), "max_output_tokens": _("Longest answer, in tokens")}
        help_texts = {
            "description": _("One plain sentence: what is it good for?"),
            "position": _("Lower numbers stand first in the picker."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("audience") == Audience.DEPARTMENTS and not cleaned.get("departments"):
            self.add_error("departments", _("Choose at least one department."))
        return cleaned


class PriceForm(forms.Form):
    """A new price, from now on; per million tokens."""

    input = MoneyField(label=_("Input"))
    cached_input = MoneyField(label=_("Cached input"), required=False)
    output = MoneyField(label=_("Output"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given, cached = cleaned.get("input"), cleaned.get("cached_input")
        if cached is None:
            cleaned["cached_input"] = given
        elif given is not None and cached > given:
            self.add_error(
                "cached_input",
                _("Cached input costs no more than input (%(price)s).") % {"price": format_money(given)},
            )
        return cleaned
