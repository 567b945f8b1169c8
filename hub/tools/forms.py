"""The filters of the hub's lists. The form of a tool itself is `fields.InputForm`."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hub.tools.models import Category


class FindForm(forms.Form):
    """What stands in the address of the hub. A value that is none filters nothing."""

    q = forms.CharField(required=False, max_length=100, label=_("Search"))
    category = forms.ChoiceField(required=False, choices=Category.choices)
    department = forms.SlugField(required=False, max_length=120)

    def value_of(self, name: str) -> str:
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))
