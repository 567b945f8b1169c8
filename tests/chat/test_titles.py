import pytest

from playground.chat.titles import WIDEST, columns, title_for


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Is the shop open?", "Is the shop open?"),
        ("Write a polite reply. The customer is angry.", "Write a polite reply"),
        ("Hi! Can you translate this for me?", "Hi! Can you translate this for me?"),
        ("Explain version 3.5 of example.com today. Thanks", "Explain version 3.5 of example.com today"),
        ("\n\n  # **Plan**  for the\tweek\nmore", "Plan for the week"),
        ("- buy `milk` and bread", "buy milk and bread"),
        ("この文章を丁寧な日本語に直してください。よろしくお願いします。", "この文章を丁寧な日本語に直してください"),
        ("こんにちは。商品名を考えてください。", "こんにちは。商品名を考えてください"),
        ("2 * 3 * 4 = ?", "2 * 3 * 4 = ?"),
        ("snake_case_name in Python", "snake_case_name in Python"),
        ("¿Me ayudas con esto? Gracias", "¿Me ayudas con esto?"),
    ],
)
def test_it_is_the_first_sentence(question: str, title: str) -> None:
    assert title_for(question) == title


def test_a_long_sentence_is_cut_at_a_word() -> None:
    title = title_for("Please compare the delivery times of all our carriers in the south of Brazil and in Chile")
    assert title == "Please compare the delivery times of all our carriers in…"


def test_a_long_japanese_sentence_is_cut_by_its_width() -> None:
    title = title_for("あ" * 100)
    assert title.endswith("…")
    assert columns(title) <= WIDEST


def test_one_endless_word_is_cut_too() -> None:
    assert columns(title_for("x" * 500)) == WIDEST


def test_only_marks_and_spaces_make_no_empty_title() -> None:
    assert title_for("```") == "```"
