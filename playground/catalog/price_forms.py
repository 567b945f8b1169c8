from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from playground.catalog.price_list import Line, ListUnreadable, read
from playground.lib.moments import MomentField
from playground.lib.money import format_money, parse_money

MOST_BYTES = 1_000_000


class MoneyField(forms.CharField):
    """Typed in units of the currency, cleaned to micro-units."""

    def to_python(self, value: object) -> Any:
        text = super().to_python(value)
        try:
            return parse_money(text) if text else None
        except ValueError:
            raise forms.ValidationError(_("Write an amount such as 2.50.")) from None


class PriceForm(forms.Form):
    """A new price, from now on or from a moment; per million tokens."""

    input = MoneyField(label=_("Input"))
    cached_input = MoneyField(label=_("Cached input"), required=False, help_text=_("Empty: as input."))
    cache_write = MoneyField(label=_("Cache write"), required=False, help_text=_("Empty: as input."))
    output = MoneyField(label=_("Output"))
    reasoning = MoneyField(label=_("Reasoning"), required=False, help_text=_("Empty: as output."))
    image = MoneyField(label=_("An image"), required=False, help_text=_("Beside its tokens. Empty: nothing."))
    effective_from = MomentField(
        label=_("From"),
        required=False,
        help_text=_("Empty: from now on."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given, cached = cleaned.get("input"), cleaned.get("cached_input")
        if given is not None and cached is not None and cached > given:
            self.add_error(
                "cached_input",
                _("Cached input costs no more than input (%(price)s).") % {"price": format_money(given)},
            )
        cleaned["image"] = cleaned.get("image") or 0
        return cleaned


class PriceListForm(forms.Form):
    """A list as a file or as text; `lines` is what was read."""

    file = forms.FileField(label=_("A file: CSV or JSON"), required=False)
    text = forms.CharField(
        label=_("Or the list itself"),
        required=False,
        strip=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    lines: list[Line]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file: UploadedFile[bytes] | None = cleaned.get("file")
        text = self._decoded(file) if file else cleaned.get("text", "")
        if not text.strip() and not self.errors:
            raise forms.ValidationError(_("Choose a file, or paste the list."))
        try:
            self.lines = read(text) if text.strip() else []
        except ListUnreadable as problem:
            raise forms.ValidationError(str(problem)) from None
        return cleaned | {"text": text}

    def _decoded(self, file: "UploadedFile[bytes]") -> str:
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than a price list can be (1 MB)."))
        try:
            text: str = file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(_("The file is not UTF-8. Save it as “CSV UTF-8”.")) from None
        return text.replace("\r\n", "\n")
