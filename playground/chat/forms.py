import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from playground.catalog.models import Model
from playground.lib.moments import MomentField

LONGEST_QUESTION = 200_000


class ModelForm(forms.Form):
    """Which model answers, and the form's own key: sent twice, it counts once."""

    model = forms.ModelChoiceField(
        queryset=Model.objects.none(),
        to_field_name="slug",
        empty_label=None,
        error_messages={
            "required": _("Pick a model first."),
            "invalid_choice": _("You cannot use this model any more. Pick another one."),
        },
    )
    key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, models: QuerySet[Model], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["model"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        field.queryset = models


class MessageForm(ModelForm):
    content = forms.CharField(
        max_length=LONGEST_QUESTION, strip=False, error_messages={"required": _("Write something first.")}
    )

    def clean_content(self) -> str:
        """As it was typed: only empty lines around it go, and the line ends that browsers send."""
        content = str(self.cleaned_data["content"]).replace("\r\n", "\n").rstrip().lstrip("\n")
        if not content.strip():
            raise forms.ValidationError(_("Write something first."), code="required")
        return content


class RenameForm(forms.Form):
    title = forms.CharField(max_length=200, label=_("Name"), widget=forms.TextInput(attrs={"autofocus": True}))


class OlderForm(forms.Form):
    """Where the next page of the list begins."""

    before = MomentField()
    id = forms.UUIDField()


class EarlierForm(forms.Form):
    """Where the next page of earlier messages ends."""

    before = forms.IntegerField(required=False)
