"""The words of an answer: the same for the same prompt, made of the prompt's own words."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import shorten
from typing import TypeVar
from zlib import crc32

from playground.demo.provider.ask import Ask
from playground.demo.provider.phrases import Phrases, phrases_for
from playground.demo.provider.schema import fill

T = TypeVar("T")
COMMON = re.compile(
    r"(?:about|after|also|been|before|could|does|each|from|have|here|into|just|like|make|many|more|most|much|only|other"
    r"|over|please|should|some|such|than|that|them|then|there|these|they|this|those|very|want|what|when|where|which"
    r"|while|will|with|would|write|your|give|show|como|para|pelo|pela|esta|este|isso|essa|esse|favor|sobre|entre"
    r"|cuando|donde|desde|hasta|todos|todas|quiero|escribe|escreva|faça|compare|list|table|code|explain|create|tabla"
    r"|tabela|lista|código|compara|explica|explique|crea|crie|hello|hola|title|json|language|following|answer)",
    re.I,
)
TABLE = re.compile(r"\btabl[ea]s?\b|\btabelas?\b|\bcompare\b|表", re.I)
CODE = re.compile(r"\b(?:code|script|function|python|javascript|sql|c[oó]digo|função|función)\b|コード|関数", re.I)
LIST = re.compile(r"\b(?:list|lista|bullets?|steps|pasos|passos|ideas|ideias)\b|リスト|箇条書き|一覧", re.I)
TITLE = re.compile(r"\b(?:title|título|titulo)\b|タイトル", re.I)
GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|hola|olá|oi|bom dia|buenos días|こんにちは|おはよう)\b.{0,20}$", re.I | re.S
)
SHORT = 64  # tokens: a name for a conversation is asked for with so few
AS_JSON = re.compile(r"\bjson\b", re.I)


@dataclass(frozen=True, slots=True)
class Call:
    """A function that is to be called, with arguments made of the prompt's words."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Answer:
    reasoning: str
    text: str
    call: Call | None = None


def answer_for(ask: Ask) -> Answer:
    say = phrases_for(ask.prompt)
    subjects = keywords(ask.prompt) or [say.no_subject]
    reasoning = ""
    if "reason" in ask.model:
        reasoning = " ".join(line.format(*_two(subjects, index)) for index, line in enumerate(say.thinking))
    if ask.tools:
        name, schema = next((tool for tool in ask.tools if tool[0] in ask.prompt), ask.tools[0])
        return Answer(reasoning, "", Call(name, json.dumps(fill(schema, ask.prompt), ensure_ascii=False)))
    if ask.schema is not None:
        return Answer(reasoning, json.dumps(fill(ask.schema, ask.prompt), ensure_ascii=False))
    return Answer(reasoning, _text(ask, say, subjects))


def keywords(prompt: str) -> list[str]:
    """The telling words of the prompt, in its order, each once."""
    found = re.findall(r"[゠-ヿ㐀-鿿々ー]{2,8}|[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ0-9'-]{3,}", prompt)
    return list(dict.fromkeys(word for word in found if not COMMON.fullmatch(word)))[:24]


def _text(ask: Ask, say: Phrases, subjects: list[str]) -> str:
    prompt = ask.prompt
    if GREETING.match(prompt):
        return f"{say.greeting} {say.next[1]}"
    if TITLE.search(prompt) and ask.max_tokens <= SHORT:
        return " ".join(subjects[:4])
    seed = crc32(prompt.encode(errors="replace"))
    heading = _pick(say.headings, seed).format(_title(subjects[0]))
    asked = shorten(" ".join([prompt, *ask.results]), 160, placeholder="…")
    parts = [
        f"## {heading}",
        f"> **{say.asked}:** {asked}",
        say.notice,
        _pick(say.about, seed >> 4).format(*_two(subjects, 0)),
    ]
    wanted = [make for sign, make in SECTIONS if sign.search(prompt)]
    if not wanted:
        wanted = [_list, _table, _code] if "quick" not in ask.model else [_list, (_table, _code)[seed % 2]]
    parts += [make(say, subjects, seed) for make in wanted]
    if "careful" in ask.model:
        parts += [f"### {_title(subjects[-1])}", _pick(say.about, seed >> 5).format(*_two(subjects, 2))]
    return "\n\n".join([*parts, _pick(say.next, seed >> 6)])


def _list(say: Phrases, subjects: list[str], seed: int) -> str:
    amount = 3 + seed % 3
    mark = "{}." if seed & 8 else "-"
    lines = (line.format(*_two(subjects, index)) for index, line in enumerate(say.points[:amount]))
    return "\n".join(f"{mark.format(number)} {line}" for number, line in enumerate(lines, start=1))


def _table(say: Phrases, subjects: list[str], seed: int) -> str:
    rows = [list(say.columns), ["---"] * 3]
    for index, subject in enumerate(subjects[: 3 + seed % 2]):
        rows.append([subject, say.cells[(seed + index) % 3], say.cells[3 + (seed + index) % 3]])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _code(say: Phrases, subjects: list[str], seed: int) -> str:
    items = ", ".join(json.dumps(subject, ensure_ascii=False) for subject in subjects[: 3 + seed % 2])
    lines = [
        "def shortest(words: list[str]) -> str:",
        '    """The word that is quickest to read."""',
        "    return min(words, key=len)",
        "",
        "",
        f"print(shortest([{items}]))",
    ]
    return f"{say.code}\n\n```python\n" + "\n".join(lines) + "\n```"


def _json(say: Phrases, subjects: list[str], seed: int) -> str:
    value = {"subject": subjects[0], "keywords": subjects[:5], "demonstration": True, "score": seed % 100}
    return "```json\n" + json.dumps(value, ensure_ascii=False, indent=2) + "\n```"


SECTIONS = ((LIST, _list), (TABLE, _table), (CODE, _code), (AS_JSON, _json))


def _two(subjects: list[str], index: int) -> tuple[str, str]:
    return subjects[index % len(subjects)], subjects[(index + 1) % len(subjects)]


def _title(subject: str) -> str:
    return subject[0].upper() + subject[1:]


def _pick(choices: Sequence[T], seed: int) -> T:
    return choices[seed % len(choices)]
