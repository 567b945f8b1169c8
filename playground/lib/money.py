"""Money is an integer of micro-units of the company's currency; here it becomes text, and text becomes it."""

from decimal import ROUND_HALF_UP, Decimal, DecimalException

from django.conf import settings

MICRO = 1_000_000
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "BRL": "R$", "JPY": "¥", "MXN": "MX$", "ARS": "AR$", "CLP": "CL$"}


def symbol(currency: str = "") -> str:
    """The sign in front of an amount: the currency's own, or its code."""
    code = currency or settings.COMPANY_CURRENCY
    return SYMBOLS.get(code, f"{code} ")


def format_money(amount: int, currency: str = "") -> str:
    """Micro-units as people read them: cents from one unit on, up to four places below ("$0.0042"), "<$0.0001"."""
    sign = "−" if amount < 0 else ""
    size = abs(amount)
    if 0 < size < MICRO // 10_000:
        return f"{sign}<{symbol(currency)}0.0001"
    places = Decimal("0.01") if size >= MICRO else Decimal("0.0001")
    value = (Decimal(size) / MICRO).quantize(places, ROUND_HALF_UP)
    whole, _, fraction = f"{value:,f}".partition(".")
    return f"{sign}{symbol(currency)}{whole}.{fraction.rstrip('0'):0<2}"


def plain_money(amount: int) -> str:
    """Micro-units as a number that files and programs read, without sign and rounding: "0.0025"."""
    return f"{(Decimal(amount) / MICRO).normalize():f}"


def parse_money(text: str) -> int:
    """What a person typed, in units of the currency ("1,250.50", "$3", "0.05"), as micro-units.

    Raises ValueError for what is no amount, is negative, or is finer than a micro-unit.
    """
    cleaned = text.strip().removeprefix(symbol().strip()).replace(",", "").strip()
    try:
        amount = Decimal(cleaned) * MICRO
    except DecimalException:
        raise ValueError(f"{text!r} is not an amount of money") from None
    if not amount.is_finite() or amount < 0 or amount != amount.to_integral_value() or amount >= 2**63:
        raise ValueError(f"{text!r} is not an amount of money")
    return int(amount)
