"""What is filled in on the page of keys."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.api_keys import LONGEST_DAYS
from accounts.models import KeyScope
from playground.lib.money import parse_money

DAYS = [
    (30, gettext_lazy("30 days")),
    (90, gettext_lazy("90 days")),
    (180, gettext_lazy("Half a year")),
    (LONGEST_DAYS, gettext_lazy("A year")),
]


class LimitForm(forms.Form):
    """Cleans `limit` to micro-units; None for no limit of the key's own."""

    limit = forms.CharField(
        label=gettext_lazy("Limit for each month"),
        required=False,
        max_length=30,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        currency = {"currency": settings.COMPANY_CURRENCY}
        self.fields["limit"].help_text = _("In %(currency)s. Empty: only the limits that you have anyway.") % currency

    def clean_limit(self) -> int | None:
        typed = self.cleaned_data["limit"]
        if not typed.strip():
            return None
        try:
            return parse_money(typed)
        except ValueError:
            raise forms.ValidationError(_("Type an amount such as 5 or 12.50, or nothing.")) from None


class KeyForm(LimitForm):
    name = forms.CharField(
        label=gettext_lazy("What will use it"),
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("My laptop")}),
    )
    days = forms.TypedChoiceField(label=gettext_lazy("Works for"), choices=DAYS, coerce=int, initial=90)
    asks_models = forms.BooleanField(label=gettext_lazy("Ask models"), required=False, initial=True)
    uses_tools = forms.BooleanField(label=gettext_lazy("Use tools"), required=False, initial=True)

    @property
    def scopes(self) -> list[str]:
        ticked = {KeyScope.MODELS: "asks_models", KeyScope.TOOLS: "uses_tools"}
        return [scope for scope, name in ticked.items() if self.cleaned_data[name]]
