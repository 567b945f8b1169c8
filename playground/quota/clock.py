"""An instant in words, in the zone of the person who reads it."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format

# The names of the time zone database know no accents.
ACCENTS = {
    "Asuncion": "Asunción",
    "Bogota": "Bogotá",
    "Cancun": "Cancún",
    "Merida": "Mérida",
    "Sao Paulo": "São Paulo",
    "Zurich": "Zürich",
}


def zone_name() -> str:
    """The current zone as people call it: "São Paulo"."""
    city = timezone.get_current_timezone_name().rpartition("/")[2].replace("_", " ")
    return ACCENTS.get(city, city)


def moment(at: datetime) -> str:
    """An instant in the person's zone: "Tue 1 Dec 00:00 (São Paulo)"."""
    return f"{date_format(timezone.localtime(at), 'D j M H:i')} ({zone_name()})"
