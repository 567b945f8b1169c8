from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from playground.catalog.credentials import VARIABLE
from playground.catalog.kinds import KINDS
from playground.catalog.models import DataUse, Provider


def _address(value: str) -> None:
    """An address that every parser reads alike: no user, no query, nothing but http."""
    try:
        parts = urlsplit(value)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        parts, port_is_fine = urlsplit(""), False
    odd = not port_is_fine or parts.scheme not in {"http", "https"} or not parts.hostname
    if odd or "@" in parts.netloc or parts.query or parts.fragment or set(value) & set("\\ \t\r\n<>\"'`{}|^"):
        raise ValidationError(_("Write an address such as https://models.example.com/v1, without a key in it."))


class ProviderForm(forms.Form):
    """A provider of one kind; the kind is chosen first, because what is asked depends on it."""

    name = forms.CharField(max_length=80, label=_("Name"))
    base_url = forms.CharField(max_length=300, required=False, label=_("Address"), validators=[_address])
    credential = forms.CharField(
        required=False, label=_("Key"), strip=True, max_length=10_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    credential_variable = forms.CharField(
        max_length=100,
        required=False,
        label=_("Or an environment variable that holds the key"),
        help_text=_("Its name, which ends in _API_KEY. It must be set for web servers and workers."),
    )
    region = forms.CharField(
        max_length=60,
        required=False,
        label=_("Region"),
        help_text=_("Where it works, for people and policies: EU, US."),
    )
    data_use = forms.ChoiceField(choices=DataUse.choices, label=_("What it may do with what is sent"))
    data_use_note = forms.CharField(
        max_length=200, required=False, label=_("In words"), help_text=_("Contract and date, for whoever asks.")
    )
    is_active = forms.BooleanField(required=False, initial=True, label=_("In use"))

    def __init__(self, *args: Any, kind: str, provider: Provider | None = None, **kwargs: Any) -> None:
        self.kind, self.provider = KINDS[kind], provider
        stored = provider.options if provider else {}
        given = {f"option_{name}": stored.get(name, one.default) for name, one in self.kind.options.items()}
        kwargs["initial"] = {"data_use": DataUse.UNKNOWN, **given, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.kind_slug = kind
        for name, option in self.kind.options.items():
            self.fields[f"option_{name}"] = forms.CharField(
                max_length=100, required=option.is_required, label=str(option.label), help_text=str(option.help)
            )
        self.fields["base_url"].required = self.kind.needs_address
        if not self.kind.needs_address:
            self.fields["base_url"].help_text = _("Empty: the provider’s own.")
        self.fields["credential"].help_text = self._key_help()

    def _key_help(self) -> Any:
        if self.provider and self.provider.credential:
            return _("One is stored and is never shown. Empty: it stays.")
        return self.kind.key_help

    def fields_in_order(self) -> list[BoundField]:
        options = [f"option_{name}" for name in self.kind.options]
        rest = ["region", "data_use", "data_use_note", "is_active"]
        return [self[name] for name in ("name", "base_url", *options, "credential", "credential_variable", *rest)]

    def clean_credential_variable(self) -> str:
        name: str = self.cleaned_data["credential_variable"]
        if name and not VARIABLE.fullmatch(name):
            raise ValidationError(_("Capitals, digits and underlines, with _API_KEY at the end."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("credential") and cleaned.get("credential_variable"):
            self.add_error("credential_variable", _("Either a key or a variable."))
        if self._would_take_the_key_elsewhere(cleaned):
            self.add_error(
                "credential", _("At another address the stored key would be shown to somebody else: enter it again.")
            )
        return cleaned

    def _would_take_the_key_elsewhere(self, cleaned: dict[str, Any]) -> bool:
        """Whoever may change the address must not learn the stored key by it."""
        if self.provider is None or not self.provider.credential:
            return False
        is_moved = cleaned.get("base_url", self.provider.base_url) != self.provider.base_url
        return is_moved and not cleaned.get("credential") and not cleaned.get("credential_variable")

    def values(self) -> dict[str, Any]:
        """The arguments of `add_provider` and `change_provider`."""
        plain = {name: value for name, value in self.cleaned_data.items() if not name.startswith("option_")}
        options = {name: self.cleaned_data[f"option_{name}"] for name in self.kind.options}
        return {**plain, "kind": self.kind_slug, "options": {name: value for name, value in options.items() if value}}


class NamesForm(forms.Form):
    """Models to add: chosen from what the provider lists, or typed."""

    names = forms.CharField(widget=forms.MultipleHiddenInput, required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.chosen = [name.strip() for name in data.getlist("names") if name.strip()]

    def clean(self) -> dict[str, Any]:
        if not self.chosen:
            raise ValidationError(_("Choose at least one model, or write its name as the provider calls it."))
        if any(len(name) > 200 or not name.isprintable() for name in self.chosen):  # noqa: PLR2004
            raise ValidationError(_("A model’s name has at most 200 characters."))
        return {"names": self.chosen}
