"""The parts of a tool's form: what may be asked, how an answer is checked, and how it reads in the prompt.

A kind of field is one row of KINDS; docs/tools.md has the recipe for a new one.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from itertools import count
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# What a person filled in, by field name, as it is stored with a run: text for every kind but the checkbox.
Value = str | bool
Inputs = dict[str, Value]

MOST_FIELDS = 30
MOST_CHOICES = 100
LONGEST_NAME = 40
LONGEST_LABEL = 120
LONGEST_HINT = 300
LONGEST_TEXT = 500
LONGEST_LONG_TEXT = 50_000
NAME = re.compile(r"[^\W\d]\w*")
# Words of the tool page's own address; a field of that name could not be filled from a link.
RESERVED_NAMES = {"run", "sample"}


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form. `minimum` and `maximum` count characters of a text, and bound the value of a number."""

    name: str
    kind: str
    label: str
    help: str = ""
    placeholder: str = ""
    default: str = ""
    required: bool = True
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one attribute of one field, in words for its author."""

    index: int
    attribute: str
    message: str


class FieldsInvalid(ValueError):
    """The stored or imported description of a form is not one."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of field is asked, what is kept of the answer, and how that reads in the prompt."""

    label: str | Promise
    ask: Callable[[Field], forms.Field]
    keep: Callable[[Any], Value] = str
    read: Callable[[Value], str] = str


class VerbatimField(forms.CharField):
    """Text as it was typed: only line ends are made alike, and spaces alone are no answer."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        text = (super().to_python(value) or "").replace("\r\n", "\n")
        return text if text.strip() else ""


def common(asked: Field) -> dict[str, Any]:
    return {
        "label": asked.label,
        # Django's own form templates take a help text for HTML.
        "help_text": escape(asked.help),
        "required": asked.required,
        "initial": asked.default,
        "error_messages": {"required": _("Please fill in “%(label)s”.") % {"label": asked.label}},
    }


def ask_text(asked: Field) -> forms.Field:
    widget = forms.TextInput(attrs={"placeholder": asked.placeholder} if asked.placeholder else {})
    longest = min(asked.maximum or LONGEST_TEXT, LONGEST_TEXT)
    return VerbatimField(widget=widget, min_length=asked.minimum, max_length=longest, **common(asked))


def ask_long_text(asked: Field) -> forms.Field:
    widget = forms.Textarea(attrs={"rows": 6} | ({"placeholder": asked.placeholder} if asked.placeholder else {}))
    longest = min(asked.maximum or LONGEST_LONG_TEXT, LONGEST_LONG_TEXT)
    return VerbatimField(widget=widget, min_length=asked.minimum, max_length=longest, **common(asked))


def ask_number(asked: Field) -> forms.Field:
    widget = forms.NumberInput(attrs={"step": "any", "placeholder": asked.placeholder})
    return forms.DecimalField(
        widget=widget,
        min_value=asked.minimum,
        max_value=asked.maximum,
        max_digits=20,
        decimal_places=6,
        **common(asked),
    )


def keep_number(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def ask_choice(asked: Field) -> forms.Field:
    empty = [] if asked.required and asked.default in asked.choices else [("", _("Choose…"))]
    return forms.ChoiceField(choices=[*empty, *((choice, choice) for choice in asked.choices)], **common(asked))


def ask_checkbox(asked: Field) -> forms.Field:
    # A box left empty is an answer: "no".
    return forms.BooleanField(**common(asked) | {"required": False, "initial": asked.default == "yes"})


KINDS: dict[str, Kind] = {
    "text": Kind(gettext_lazy("Short text"), ask_text),
    "long_text": Kind(gettext_lazy("Long text"), ask_long_text),
    "number": Kind(gettext_lazy("Number"), ask_number, keep=keep_number),
    "choice": Kind(gettext_lazy("Choice from a list"), ask_choice),
    "checkbox": Kind(
        gettext_lazy("Checkbox"), ask_checkbox, keep=bool, read=lambda value: "yes" if value is True else "no"
    ),
}


def parse_fields(data: object) -> tuple[Field, ...]:
    """The fields of a stored or imported version. Raises FieldsInvalid, in words."""
    if not isinstance(data, list):
        raise FieldsInvalid(_("The fields of a form are a list."))
    fields = tuple(parse_field(item) for item in data)
    if problems := check_fields(fields):
        raise FieldsInvalid(" ".join(problem.message for problem in problems))
    return fields


def parse_field(item: object) -> Field:
    known = {name: set(kinds) for name, kinds in ATTRIBUTES.items()}
    if not isinstance(item, dict):
        raise FieldsInvalid(_("A field is a set of named values."))
    for name, value in item.items():
        if name not in known:
            raise FieldsInvalid(_("A field has no “%(name)s”.") % {"name": name})
        if type(value) not in known[name]:
            raise FieldsInvalid(_("“%(name)s” of a field has the wrong type.") % {"name": name})
    for name in ("name", "kind", "label"):
        if name not in item:
            raise FieldsInvalid(_("A field needs a “%(name)s”.") % {"name": name})
    choices = item.get("choices", [])
    if not all(isinstance(choice, str) for choice in choices):
        raise FieldsInvalid(_("The choices of a field are texts."))
    return Field(**item | {"choices": tuple(choices)})


ATTRIBUTES: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "kind": (str,),
    "label": (str,),
    "help": (str,),
    "placeholder": (str,),
    "default": (str,),
    "required": (bool,),
    "choices": (list, tuple),
    "minimum": (int, type(None)),
    "maximum": (int, type(None)),
}


def dump_fields(fields: Sequence[Field]) -> list[dict[str, Any]]:
    return [asdict(one) | {"choices": list(one.choices)} for one in fields]


def check_fields(fields: Sequence[Field]) -> list[Problem]:
    """Everything an author has to mend before the form can be shown."""
    problems = [problem for index, one in enumerate(fields) for problem in check_field(index, one)]
    seen: set[str] = set()
    for index, one in enumerate(fields):
        if one.name in seen:
            problems.append(Problem(index, "name", _("Two fields are called “%(name)s”.") % {"name": one.name}))
        seen.add(one.name)
    if len(fields) > MOST_FIELDS:
        problems.append(Problem(MOST_FIELDS, "name", _("A form has at most %(most)s fields.") % {"most": MOST_FIELDS}))
    return problems


def check_field(index: int, one: Field) -> list[Problem]:
    problems: list[Problem] = []

    def wrong(attribute: str, message: str) -> None:
        problems.append(Problem(index, attribute, message))

    if not NAME.fullmatch(one.name) or len(one.name) > LONGEST_NAME:
        wrong("name", _("A name is one word of letters, digits and “_”, at most %(most)s.") % {"most": LONGEST_NAME})
    if one.name in RESERVED_NAMES:
        wrong("name", _("“%(name)s” is taken by the page itself; please choose another name.") % {"name": one.name})
    if not one.label.strip() or len(one.label) > LONGEST_LABEL:
        wrong("label", _("A label has 1 to %(most)s characters.") % {"most": LONGEST_LABEL})
    if max(len(one.help), len(one.placeholder)) > LONGEST_HINT:
        wrong("help", _("A help text has at most %(most)s characters.") % {"most": LONGEST_HINT})
    if one.kind not in KINDS:
        wrong("kind", _("There is no field of kind “%(kind)s”.") % {"kind": one.kind})
    if one.minimum is not None and one.maximum is not None and one.minimum > one.maximum:
        wrong("minimum", _("The smallest is larger than the largest."))
    if one.kind == "choice":
        check_choices(one, wrong)
    if one.kind in {"text", "long_text"} and any(
        limit is not None and limit < 0 for limit in (one.minimum, one.maximum)
    ):
        wrong("minimum", _("A length is never negative."))
    return problems


def check_choices(one: Field, wrong: Callable[[str, str], None]) -> None:
    if not one.choices or len(one.choices) > MOST_CHOICES:
        wrong("choices", _("A choice needs 1 to %(most)s values, one a line.") % {"most": MOST_CHOICES})
    if len(set(one.choices)) != len(one.choices):
        wrong("choices", _("The same value is in the list twice."))
    if any(not choice.strip() or len(choice) > LONGEST_LABEL for choice in one.choices):
        wrong("choices", _("A value has 1 to %(most)s characters.") % {"most": LONGEST_LABEL})
    if one.default and one.default not in one.choices:
        wrong("default", _("“%(default)s” is not in the list of values.") % {"default": one.default})


def name_from(label: str, taken: set[str]) -> str:
    """A field name made of its label, in the author's own script, that no other field has."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", label).lower())
    base = "_".join(words)[: LONGEST_NAME - 3].strip("_")
    if not NAME.fullmatch(base) or base in RESERVED_NAMES:
        base = f"field_{base}".strip("_")
    names = (base if number == 1 else f"{base}_{number}" for number in count(1))
    return next(name for name in names if name not in taken)


def read_value(one: Field, value: Value) -> str:
    """The value as it reads in the prompt."""
    return KINDS[one.kind].read(value)


class InputForm(forms.Form):
    """A tool's form. After is_valid(), `inputs` is what a run keeps."""

    prefix = "input"

    def __init__(
        self,
        fields: Sequence[Field],
        data: Mapping[str, Any] | None = None,
        *,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.asked = tuple(fields)
        for one in self.asked:
            self.fields[one.name] = KINDS[one.kind].ask(one)

    @property
    def inputs(self) -> Inputs:
        return {one.name: KINDS[one.kind].keep(self.cleaned_data.get(one.name)) for one in self.asked}

    def full_clean(self) -> None:
        super().full_clean()
        first = next((name for name in self.fields if name in self.errors), None)
        if first is not None:
            self.fields[first].widget.attrs["autofocus"] = True
