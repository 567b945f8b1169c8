"""The one way from a model's text to HTML: markdown-it without raw HTML first, nh3's allow-list last.

Nothing in the result can load anything from anywhere: an image becomes a link that a person may follow. And it holds
no word of ours: it is kept, and read later in another language, so copy.js names its buttons.
"""

import html
import re
from collections.abc import Sequence

import nh3
from django.utils.safestring import SafeString, mark_safe
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.tasklists import tasklists_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

# Beyond this a text is shown as it is: the worst Markdown of this size still renders in about a second.
LONGEST = 200_000
# Highlighting one block costs about a millisecond per kilobyte.
LONGEST_HIGHLIGHT = 50_000

TAGS = {
    *("p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li"),
    *(
        "h3",
        "h4",
        "h5",
        "h6",
        "a",
        "label",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "div",
        "span",
        "button",
        "input",
    ),
}
ATTRIBUTES = {
    "a": {"href", "title", "target"},
    "ol": {"start"},
    "div": {"tabindex"},
    "pre": {"tabindex"},
    "button": {"type", "data-copy"},
    "input": {"type", "checked", "disabled"},
}
CLASSES = {
    "div": {"code", "code-head", "table-scroll"},
    "span": {name for name in STANDARD_TYPES.values() if name},
    "button": {"button-quiet"},
    "th": {"align-center", "align-right"},
    "td": {"align-center", "align-right"},
    "ul": {"contains-task-list"},
    "li": {"task-list-item"},
}

_formatter = HtmlFormatter(nowrap=True)


def _highlight(code: str, language: str) -> str:
    if not language or len(code) > LONGEST_HIGHLIGHT:
        return html.escape(code)
    try:
        return str(highlight(code, get_lexer_by_name(language, stripnl=False, ensurenl=False), _formatter))
    except ClassNotFound:
        return html.escape(code)


class _Renderer(RendererHTML):
    """Our own shapes for code, tables, images and headings."""

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        language = tokens[idx].info.strip().split(maxsplit=1)[0] if tokens[idx].info.strip() else ""
        return (
            f'<div class="code"><div class="code-head"><span>{html.escape(language) or "text"}</span>'
            '<button type="button" class="button-quiet" data-copy></button></div>'
            f'<pre tabindex="0"><code>{_highlight(tokens[idx].content, language)}</code></pre></div>\n'
        )

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return self.fence(tokens, idx, options, env)

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        label = self.renderInlineAsText(token.children or [], options, env) or str(token.attrs.get("src", ""))
        return f'<a href="{html.escape(str(token.attrs.get("src", "")))}">{html.escape(label)}</a>'

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return '<div class="table-scroll" tabindex="0"><table>'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>\n"

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"<{_below_the_page(tokens[idx].tag)}>"

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"</{_below_the_page(tokens[idx].tag)}>\n"

    def renderToken(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:  # noqa: N802
        style = tokens[idx].attrs.pop("style", None)
        if style in ("text-align:center", "text-align:right"):
            tokens[idx].attrs["class"] = str(style).replace("text-", "").replace(":", "-")
        return super().renderToken(tokens, idx, options, env)


class _Links(LinkifyIt):  # type: ignore[misc]  # it has no types
    """Whole addresses only, and a look before the leap: the finder's own first look costs more than a paragraph."""

    def pretest(self, text: str) -> bool:
        return (":" in text or "//" in text) and bool(super().pretest(text))


def _below_the_page(tag: str) -> str:
    """The page has its own h1 and h2; an answer's headings stand below them."""
    return f"h{min(int(tag[1]) + 2, 6)}"


_markdown = (
    MarkdownIt("commonmark", {"html": False, "linkify": True, "maxNesting": 30}, renderer_cls=_Renderer)
    .enable(["table", "strikethrough", "linkify"])
    .use(tasklists_plugin, label=True)
)
_markdown.linkify = _Links(options={"fuzzy_link": False, "fuzzy_email": False})

_cleaner = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags={"script", "style"},
    attributes=ATTRIBUTES,
    allowed_classes=CLASSES,
    url_schemes={"http", "https", "mailto"},
    # A relative link would lead into our own pages, with the reader's session.
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}},
    strip_comments=True,
)


def render(text: str) -> SafeString:
    """Markdown of a model, or of anybody, as HTML that holds allow-listed tags, attributes and schemes only."""
    if len(text) > LONGEST:
        return mark_safe(f"<pre><code>{html.escape(text)}</code></pre>")  # noqa: S308
    return mark_safe(_cleaner.clean(_markdown.render(text)))  # noqa: S308 - nh3 is the last step


_fence = re.compile(r"\s*(?:[-*+]\s+|\d+[.)]\s+|>\s?)*(`{3,}|~{3,})")


class Blocks:
    """Splits a growing text into Markdown blocks, each given out once, when it is closed.

    A block closes at a blank line outside a code fence, or with its fence. What is closed after n characters depends
    on these n characters only, however they were cut into pieces: a stream that is resumed goes on as if it had
    never stopped.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._partial: list[str] = []
        self._mark = ""

    def feed(self, text: str) -> list[str]:
        """Add a piece; the blocks that it closed, in order."""
        if "\n" not in text:
            self._partial.append(text)
            return []
        *lines, rest = ("".join(self._partial) + text).split("\n")
        self._partial = [rest]
        return [block for line in lines for block in self._add(line)]

    def _add(self, line: str) -> list[str]:
        if self._mark:
            self._lines.append(line)
            closes = line.strip().startswith(self._mark) and not line.strip().strip(self._mark[0])
            if closes:
                self._mark = ""
            return self._close() if closes else []
        if not line.strip():
            return self._close()
        self._lines.append(line)
        if match := _fence.match(line):
            self._mark = match[1]
        return []

    def _close(self) -> list[str]:
        block = "\n".join(self._lines)
        self._lines = []
        return [block] if block else []

    @property
    def open(self) -> str:
        """What has been fed and is in no closed block yet."""
        return "\n".join([*self._lines, "".join(self._partial)])
