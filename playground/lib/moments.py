"""Moments as somebody types them or an address names them."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

# At the ends of the calendar a moment exists in one time zone and in the next one not.
YEARS = range(1970, 9000)


def is_shown_everywhere(moment: datetime) -> bool:
    """Whether every clock can show it, and an age before it too."""
    return moment.year in YEARS


class MomentField(forms.DateTimeField):
    def to_python(self, value: Any) -> datetime | None:
        moment = super().to_python(value)
        if moment is not None and not is_shown_everywhere(moment):
            raise forms.ValidationError(_("Not every clock shows this time."), code="invalid")
        return moment
