"""Times and counts as people read them."""

from django.utils.translation import gettext as _

SECOND, MINUTE = 1_000, 60_000
_THOUSAND = 1_000
_SHORT = 10
_LONG = 100


def format_ms(ms: float | None) -> str:
    """ "85 ms", "0.42 s", "12.3 s", "2 min 5 s"; a dash for what was never measured."""
    if ms is None:
        return "–"
    if ms < SECOND / 10:
        return _("%(n)s ms") % {"n": round(ms)}
    if ms < MINUTE:
        seconds = ms / SECOND
        return _("%(n)s s") % {"n": f"{seconds:.2f}" if seconds < _SHORT else f"{seconds:.1f}"}
    minutes, rest = divmod(round(ms / SECOND), 60)
    return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": rest}


def format_count(number: float) -> str:
    """ "950", "12,400", "340 k", "1.24 M": three digits are enough to see how much it is."""
    if number < _LONG * _THOUSAND:
        return f"{round(number):,}"
    size, unit = number / _THOUSAND**2, "M"
    if size < 1:
        size, unit = number / _THOUSAND, "k"
    elif size >= _THOUSAND:
        size, unit = size / _THOUSAND, "G"
    digits = f"{size:.2f}" if size < _SHORT else f"{size:.1f}" if size < _LONG else f"{size:.0f}"
    return f"{digits.rstrip('0').rstrip('.') if '.' in digits else digits} {unit}"


def format_share(part: int, whole: int) -> str:
    """ "0 %", "0.04 %", "3.1 %", "100 %"; what is not nothing is never shown as nothing."""
    if not part or not whole:
        return "0 %"
    percent = part * 100 / whole
    if percent < 1 / _LONG:
        return "<0.01 %"
    return f"{percent:.2f} %" if percent < 1 else f"{percent:.1f} %" if percent < _SHORT else f"{percent:.0f} %"
