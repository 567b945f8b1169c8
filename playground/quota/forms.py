"""Money as people type it."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from playground.lib.money import parse_money, plain_money


class QuotaForm(forms.Form):
    """Cleans to `amount`: micro-units, or None for no limit."""

    limit = forms.CharField(
        label=gettext_lazy("Limit"),
        required=False,
        max_length=30,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    no_limit = forms.BooleanField(label=gettext_lazy("No limit: only count what is spent"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, help_text=gettext_lazy("Kept in the audit log beside your name.")
    )

    def __init__(self, data: QueryDict | None, *, limit: int | None) -> None:
        typed = "" if limit is None else plain_money(limit)
        super().__init__(data, initial={"limit": typed, "no_limit": limit is None})
        self.fields["limit"].help_text = _("In %(currency)s, for example 50 or 1,250.50.") % {
            "currency": settings.COMPANY_CURRENCY
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["amount"] = None
        # Where there was no limit the box came ticked: who types one and leaves the box means the limit.
        is_typed = "limit" in self.changed_data and "no_limit" not in self.changed_data
        if is_typed or not cleaned.get("no_limit"):
            try:
                cleaned["amount"] = parse_money(cleaned.get("limit") or "")
            except ValueError:
                self.add_error("limit", _("Type an amount such as 50 or 1,250.50, or choose no limit."))
        return cleaned
