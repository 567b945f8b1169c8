"""The parts of the studio's form. The form that an author makes is `hub.tools.fields.InputForm`."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from hub.tools.fields import KINDS, LONGEST_HINT, LONGEST_LABEL, LONGEST_NAME
from hub.tools.models import Audience, Category, OutputKind
from hub.tools.rendering import LONGEST_TEMPLATE
from hub.tools.schema import KEY_KINDS, LONGEST_SCHEMA
from playground.catalog.models import Model
from playground.runs.models import TOOLS_ON_BREAK, OnBreak

ICONS = [
    ("tool", _("Tool")),
    ("edit", _("Pen")),
    ("wand", _("Wand")),
    ("chat", _("Speech")),
    ("file", _("Page")),
    ("code", _("Code")),
    ("chart", _("Chart")),
    ("globe", _("Globe")),
    ("users", _("People")),
    ("search", _("Lens")),
    ("star", _("Star")),
    ("building", _("Building")),
]

LENGTHS = [(500, _("Short: up to about 350 words")), (2_000, _("Medium: 1,400 words")), (6_000, _("Long: 4,200 words"))]

KEPT_FOR = [
    (0, _("are asked anew each time")),
    (3_600, _("give the same answer for an hour")),
    (86_400, _("give the same answer for a day")),
    (604_800, _("give the same answer for a week")),
]


def lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


class StudioForm(forms.Form):
    """A part of the studio: one <form> holds several of them, each under its own prefix."""

    use_required_attribute = False

    @property
    def row_id(self) -> str:
        """Of a row: what is left of its prefix, as `row-field` and `row-key` name it."""
        return str(self.prefix).rpartition("-")[2]


class DetailsForm(StudioForm):
    prefix = "tool"

    name = forms.CharField(max_length=80, label=_("Name"))
    summary = forms.CharField(max_length=160, label=_("In one line"), help_text=_("What people get from it."))
    category = forms.ChoiceField(choices=Category.choices, label=_("Category"), initial=Category.OTHER)
    icon = forms.ChoiceField(choices=ICONS, label=_("Icon"), initial="tool", widget=forms.RadioSelect)


class ContentForm(StudioForm):
    prefix = "version"

    template = forms.CharField(
        label=_("Text for the model"),
        help_text=_("Write the request as you would in a chat. {{ field }} is replaced by what people fill in."),
        max_length=LONGEST_TEMPLATE,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "true"}),
    )
    system_text = forms.CharField(
        label=_("Standing instructions"),
        help_text=_("Tone, rules, what to avoid. People who run the tool do not see it."),
        max_length=LONGEST_TEMPLATE,
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    model = forms.ModelChoiceField(queryset=Model.objects.none(), label=_("Model"), empty_label=None)
    max_output_tokens = forms.TypedChoiceField(choices=LENGTHS, coerce=int, initial=2_000, label=_("Longest answer"))
    output_kind = forms.ChoiceField(choices=OutputKind.choices, label=_("The answer is"), initial=OutputKind.MARKDOWN)
    schema = forms.CharField(
        label=_("JSON Schema"),
        help_text=_("Only if the keys above are not enough; it takes their place."),
        required=False,
        max_length=LONGEST_SCHEMA,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "code"}),
    )

    may_fall_back = forms.BooleanField(
        required=False,
        initial=True,
        label=_("Another model may answer when this one cannot"),
        help_text=_("Which one, the admins of the gateway decide."),
    )
    on_break = forms.ChoiceField(
        choices=TOOLS_ON_BREAK, initial=OnBreak.KEEP, required=False, label=_("When the answer breaks off")
    )
    cache_seconds = forms.TypedChoiceField(
        choices=KEPT_FOR,
        coerce=int,
        initial=0,
        required=False,
        label=_("The same inputs again"),
        help_text=_("A kept answer costs nothing and is given only within a department."),
    )

    def __init__(self, *args: Any, models: QuerySet[Model], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["model"]
        assert isinstance(chosen, forms.ModelChoiceField)  # noqa: S101 - tells mypy what the class says
        chosen.queryset = models

    def clean_template(self) -> str:
        return plain_line_ends(self.cleaned_data["template"])

    def clean_on_break(self) -> str:
        return self.cleaned_data["on_break"] or OnBreak.KEEP

    def clean_cache_seconds(self) -> int:
        return self.cleaned_data["cache_seconds"] or 0

    def clean_system_text(self) -> str:
        return plain_line_ends(self.cleaned_data["system_text"])


def plain_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n")


class FieldForm(StudioForm):
    """One row of the form builder."""

    label = forms.CharField(max_length=LONGEST_LABEL, label=_("Label"))
    kind = forms.ChoiceField(choices=[(name, kind.label) for name, kind in KINDS.items()], label=_("Kind"))
    required = forms.BooleanField(required=False, initial=True, label=_("Must be filled in"))
    choices = forms.CharField(
        required=False, label=_("Values, one a line"), widget=forms.Textarea(attrs={"rows": 3}), max_length=20_000
    )
    name = forms.CharField(
        required=False,
        max_length=LONGEST_NAME,
        label=_("Name in the text"),
        help_text=_("Left empty, it is made of the label."),
    )
    help = forms.CharField(required=False, max_length=LONGEST_HINT, label=_("Help"))
    placeholder = forms.CharField(required=False, max_length=LONGEST_HINT, label=_("Example in the empty field"))
    default = forms.CharField(required=False, max_length=LONGEST_HINT, label=_("Filled in beforehand"))
    minimum = forms.IntegerField(required=False, label=_("At least"), min_value=-1_000_000_000, max_value=1_000_000_000)
    maximum = forms.IntegerField(required=False, label=_("At most"), min_value=-1_000_000_000, max_value=1_000_000_000)

    @property
    def has_more_errors(self) -> bool:
        """Whether something behind "More" has to be mended."""
        return self.is_bound and bool(self.errors.keys() - {"label", "kind", "required", "choices"})


class KeyForm(StudioForm):
    """One row of the answer's keys."""

    name = forms.RegexField(r"^\w+$", max_length=LONGEST_NAME, label=_("Key"))
    kind = forms.ChoiceField(choices=[(name, label) for name, (label, _base) in KEY_KINDS.items()], label=_("Type"))
    required = forms.BooleanField(required=False, initial=True, label=_("Always there"))
    allowed = forms.CharField(
        required=False,
        label=_("Allowed values, one a line"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=5_000,
    )
    description = forms.CharField(required=False, max_length=LONGEST_HINT, label=_("What it means"))

    def clean_allowed(self) -> tuple[str, ...]:
        return lines(self.cleaned_data["allowed"])


class AudienceForm(StudioForm):
    prefix = "publish"

    audience = forms.ChoiceField(choices=Audience.choices, widget=forms.RadioSelect, label=_("Who may use it"))
