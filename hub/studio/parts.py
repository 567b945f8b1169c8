"""The studio: everything an author sees of a tool as one form, from the tables and back.

Rows are named by ids that stay (`row-field=3`, `field-3-label`), so adding, removing and moving rows is work on a list
of ids, the same with and without a script.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from hub.studio.forms import AudienceForm, ContentForm, DetailsForm, FieldForm, KeyForm, lines
from hub.tools.fields import Field, InputForm, Inputs, check_fields, name_from, parse_fields
from hub.tools.models import Audience, OutputKind, Tool, ToolVersion
from hub.tools.rendering import Rendered, render, template_problems, unused_fields
from hub.tools.schema import Key, SchemaInvalid, keys_of, parse_schema, schema_of
from hub.tools.versions import Content, Details
from playground.catalog.access import models_for

LONGEST_ROW_ID = 6

FormT = TypeVar("FormT", bound=forms.Form)


@dataclass
class Studio:
    """The parts of the one form. `problems` are those that belong to no single input."""

    details: DetailsForm
    content: ContentForm
    audience: AudienceForm
    fields: list[FieldForm]
    keys: list[KeyForm]
    inputs: Mapping[str, Any]
    # The form beside it after "Try it", with what is wrong with the inputs.
    tried: InputForm | None = None

    def is_valid(self) -> bool:
        """Check all parts, and the texts against the fields; errors end up beside what is to be mended."""
        parts: list[forms.Form] = [self.details, self.content, *self.fields]
        if self.wants_keys:
            parts += self.keys
        if not all([part.is_valid() for part in parts]):  # noqa: C419 - every part shows its errors
            return False
        for problem in check_fields(self.asked):
            self.fields[min(problem.index, len(self.fields) - 1)].add_error(problem.attribute, problem.message)
        names = [one.name for one in self.asked]
        for text in ("template", "system_text"):
            for message in template_problems(self.content.cleaned_data[text], names):
                self.content.add_error(text, message)
        self.check_answer()
        return not any(part.errors for part in parts)

    @property
    def has_errors(self) -> bool:
        parts: list[forms.Form] = [self.details, self.content, *self.fields, *self.keys]
        return any(part.is_bound and part.errors for part in parts) or bool(self.tried and self.tried.errors)

    def check_answer(self) -> None:
        if not self.wants_json:
            return
        try:
            if not self.content.cleaned_data["schema"].strip() and not self.keys:
                raise SchemaInvalid(_("Say which keys the answer has."))
            self.schema  # noqa: B018 - raises
        except SchemaInvalid as error:
            self.content.add_error("schema", str(error))
        names = [key.cleaned_data["name"] for key in self.keys if self.wants_keys]
        for key in self.keys if len(set(names)) < len(names) else ():
            if names.count(key.cleaned_data["name"]) > 1:
                key.add_error("name", _("Two keys have this name."))

    @property
    def wants_json(self) -> bool:
        return str(self.content["output_kind"].value()) == OutputKind.JSON

    @property
    def wants_keys(self) -> bool:
        return self.wants_json and not str(self.content["schema"].value() or "").strip()

    @property
    def asked(self) -> tuple[Field, ...]:
        """The form as it stands, as far as it stands: a preview is shown while the author still types."""
        taken = {typed for row in self.fields if (typed := str(row["name"].value() or "").strip())}
        return tuple(field_from(row, taken) for row in self.fields)

    @property
    def schema(self) -> dict[str, Any] | None:
        if not self.wants_json:
            return None
        pasted = str(self.content["schema"].value() or "").strip()
        if pasted:
            return parse_schema(pasted)
        return schema_of([Key(**key.cleaned_data) for key in self.keys])

    @property
    def sound_fields(self) -> tuple[Field, ...]:
        """Those fields that can be shown; the others are still being written."""
        asked = self.asked
        wrong = {problem.index for problem in check_fields(asked)}
        return tuple(one for index, one in enumerate(asked) if index not in wrong)

    @property
    def trial(self) -> InputForm:
        """The form as people will see it, with the sample in it."""
        return self.tried or InputForm(self.sound_fields, initial=self.inputs)

    @property
    def sample_inputs(self) -> Inputs:
        """What is filled in beside the form, kept as the tool's sample."""
        return {name: value for name, value in self.inputs.items() if value not in ("", None)}

    @property
    def rendered(self) -> Rendered:
        """The exact prompt of these inputs; of inputs that would be refused, as they are typed."""
        typed = InputForm(self.sound_fields, {f"input-{name}": value for name, value in self.inputs.items()})
        values = typed.inputs if typed.is_valid() else self.sample_inputs
        return render(self.sound_fields, self.text("system_text"), self.text("template"), values)

    @property
    def warnings(self) -> list[str]:
        names = [one.name for one in self.asked]
        wrong = [
            problem for text in ("template", "system_text") for problem in template_problems(self.text(text), names)
        ]
        unused = unused_fields(self.sound_fields, self.text("template"), self.text("system_text"))
        return wrong + [_("“%(label)s” is not used in the text.") % {"label": one.label} for one in unused]

    def text(self, name: str) -> str:
        return str(self.content[name].value() or "").replace("\r\n", "\n")

    @property
    def tool_details(self) -> Details:
        return Details(**self.details.cleaned_data)

    @property
    def tool_content(self) -> Content:
        plain = {name: value for name, value in self.content.cleaned_data.items() if name != "schema"}
        return Content(**plain, fields=self.asked, schema=self.schema, sample_inputs=self.sample_inputs)


def field_from(row: FieldForm, taken: set[str]) -> Field:
    def typed(name: str) -> str:
        return str(row[name].value() or "").strip()

    name = typed("name") or name_from(typed("label"), taken)
    taken.add(name)
    return Field(
        name=name,
        kind=typed("kind") or "text",
        label=typed("label"),
        help=typed("help"),
        placeholder=typed("placeholder"),
        default=typed("default"),
        required=bool(row["required"].value()),
        choices=lines(str(row["choices"].value() or "")),
        minimum=whole(typed("minimum")),
        maximum=whole(typed("maximum")),
    )


def whole(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def studio_for(user: User, tool: Tool | None, version: ToolVersion | None) -> Studio:
    """The studio as the tables have it; empty for a new tool."""
    models = models_for(user)
    if tool is None or version is None:
        start = Field(name="", kind="long_text", label="")
        return Studio(
            details=DetailsForm(),
            content=ContentForm(
                models=models,
            ),
            audience=AudienceForm(initial={"audience": Audience.PRIVATE}),
            fields=field_rows([start]),
            keys=[],
            inputs={},
        )
    keys = keys_of(version.schema)
    pasted = json.dumps(version.schema, indent=2, ensure_ascii=False) if keys is None else ""
    columns = (
        *("template", "system_text", "model", "max_output_tokens", "output_kind"),
        *("may_fall_back", "on_break", "cache_seconds"),
    )
    initial = {name: getattr(version, name) for name in columns} | {"schema": pasted}
    return Studio(
        details=DetailsForm(
            initial={name: getattr(tool, name) for name in ("name", "summary", "category")}
            | {"icon": tool.icon or "tool"}
        ),
        content=ContentForm(models=models, initial=initial),
        audience=AudienceForm(initial={"audience": tool.audience}),
        fields=field_rows(parse_fields(version.fields)),
        keys=[
            KeyForm(initial=asdict(key) | {"allowed": "\n".join(key.allowed)}, prefix=f"key-{number}")
            for number, key in enumerate(keys or ())
        ],
        inputs=version.sample_inputs,
    )


def field_rows(fields: Sequence[Field]) -> list[FieldForm]:
    return [
        FieldForm(initial=asdict(one) | {"choices": "\n".join(one.choices)}, prefix=f"field-{number}")
        for number, one in enumerate(fields)
    ]


def studio_from(user: User, data: QueryDict) -> Studio:
    """The studio as it was posted, to be checked and saved."""
    studio = Studio(
        details=DetailsForm(data),
        content=ContentForm(data, models=models_for(user)),
        audience=AudienceForm(data),
        fields=[FieldForm(data, prefix=f"field-{row}") for row in row_ids(data, "field")],
        keys=[KeyForm(data, prefix=f"key-{row}") for row in row_ids(data, "key")],
        inputs={},
    )
    typed = InputForm(studio.sound_fields, data)
    values = {one.name: typed[one.name].value() for one in typed.asked}
    studio.inputs = {name: value for name, value in values.items() if value is not None}
    return studio


def studio_rearranged(user: User, data: QueryDict, action: str) -> Studio:
    """What was posted, with a row added, removed or moved; nothing is checked yet."""
    verb, _space, row = action.partition(" ")
    kind = "key" if verb.endswith("_key") else "field"
    rows = {"field": row_ids(data, "field"), "key": row_ids(data, "key")}
    rows[kind] = rearranged(rows[kind], verb.removesuffix(f"_{kind}"), row)
    return Studio(
        details=unchecked(DetailsForm(data)),
        content=unchecked(ContentForm(data, models=models_for(user))),
        audience=unchecked(AudienceForm(data)),
        fields=[unchecked(FieldForm(data, prefix=f"field-{one}")) for one in rows["field"]],
        keys=[unchecked(KeyForm(data, prefix=f"key-{one}")) for one in rows["key"]],
        inputs=studio_from(user, data).inputs,
    )


def unchecked(form: FormT) -> FormT:
    """The same values, shown without a judgement on what is not filled in yet."""
    typed = {bound.name: bound.data for bound in form}
    if not any(name.startswith(f"{form.prefix}-") for name in form.data):
        typed = {}
    form.initial = typed
    form.is_bound = False
    return form


def row_ids(data: QueryDict, kind: str) -> list[str]:
    ids = dict.fromkeys(row for row in data.getlist(f"row-{kind}") if row.isdecimal() and len(row) <= LONGEST_ROW_ID)
    return list(ids)[:100]


def rearranged(rows: list[str], verb: str, row: str) -> list[str]:
    if verb == "add":
        return [*rows, str(max((int(one) for one in rows), default=-1) + 1)]
    if row not in rows:
        return rows
    at = rows.index(row)
    to = {"up": max(at - 1, 0), "down": at + 1}.get(verb)
    moved = [*rows[:at], *rows[at + 1 :]]
    if to is not None:
        moved.insert(to, row)
    return moved
