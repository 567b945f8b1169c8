import pytest

from playground.lib.money import format_money, parse_money, plain_money


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "$0.00"),
        (42, "<$0.0001"),
        (4_200, "$0.0042"),
        (500_000, "$0.50"),
        (4_100_000, "$4.10"),
        (1_234_567_890_000, "$1,234,567.89"),
        (-2_500_000, "−$2.50"),
    ],
)
def test_money_is_shown_as_people_read_it(amount: int, text: str) -> None:
    assert format_money(amount) == text


def test_another_currency_has_its_own_sign() -> None:
    assert format_money(5_000_000, "BRL") == "R$5.00"


@pytest.mark.parametrize(("text", "amount"), [("4.10", 4_100_000), ("$1,250.50", 1_250_500_000), (" 0.05 ", 50_000)])
def test_what_a_person_types_becomes_micro_units(text: str, amount: int) -> None:
    assert parse_money(text) == amount


@pytest.mark.parametrize("text", ["", "abc", "-1", "NaN", "Infinity", "0.0000001", "1e30"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        parse_money(text)


@pytest.mark.parametrize(("amount", "text"), [(0, "0"), (42, "0.000042"), (12_500_000, "12.5"), (100_000_000, "100")])
def test_an_amount_is_written_as_it_would_be_typed(amount: int, text: str) -> None:
    assert plain_money(amount) == text
    assert parse_money(text) == amount
