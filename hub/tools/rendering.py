"""Our template language, whole: `{{ name }}` stands for the value of the field of that name.

One pass over the template; a value is never looked at again, so whatever a person pastes stays what she pasted. There
are no attributes, filters, conditions or includes: everything else in a template is text.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from django.utils.translation import gettext as _

from hub.tools.errors import PromptTooLong
from hub.tools.fields import Field, Inputs, parse_fields, read_value
from hub.tools.models import ToolVersion

MARKER = re.compile(r"\{\{[ \t]*(\w+)[ \t]*\}\}")
LONGEST_TEMPLATE = 20_000
LONGEST_PROMPT = 200_000


@dataclass(frozen=True, slots=True)
class Rendered:
    """Exactly what the model is asked."""

    system: str
    prompt: str


def render_prompt(version: ToolVersion, inputs: Inputs) -> Rendered:
    """The version's texts with the inputs in their places. Raises PromptTooLong."""
    return render(parse_fields(version.fields), version.system_text, version.template, inputs)


def render(fields: Sequence[Field], system_text: str, template: str, inputs: Inputs) -> Rendered:
    values = {one.name: read_value(one, inputs.get(one.name, "")) for one in fields}
    rendered = Rendered(system=substitute(system_text, values), prompt=substitute(template, values))
    length = len(rendered.system) + len(rendered.prompt)
    if length > LONGEST_PROMPT:
        raise PromptTooLong(length=length, most=LONGEST_PROMPT)
    return rendered


def substitute(template: str, values: Mapping[str, str]) -> str:
    """Markers of known names become their values; every other character stays."""
    return MARKER.sub(lambda marker: values.get(marker[1], marker[0]), template)


def names_in(text: str) -> set[str]:
    return {marker[1] for marker in MARKER.finditer(text)}


def template_problems(text: str, names: Iterable[str]) -> list[str]:
    """Why `text` cannot be saved as a template over these fields, in words."""
    known = sorted(names)
    problems = [unknown_name(name, known) for name in sorted(names_in(text) - set(known))]
    rest = MARKER.sub(" ", text)
    if "{{" in rest:
        start = rest.index("{{")
        excerpt = " ".join(rest[start : start + 30].split())
        problems.append(
            _(
                "“%(excerpt)s” is no field. Double braces hold the name of a field and nothing else, "
                "as in {{ title }}; for any other use write single braces."
            )
            % {"excerpt": excerpt}
        )
    if len(text) > LONGEST_TEMPLATE:
        problems.append(_("This text is longer than %(most)s characters.") % {"most": LONGEST_TEMPLATE})
    return problems


def unknown_name(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=3, cutoff=0.6)
    if near:
        meant = _(" or ").join(f"{{{{ {match} }}}}" for match in near)
        return _("There is no field “%(name)s”. Did you mean %(meant)s?") % {"name": name, "meant": meant}
    return _("There is no field “%(name)s”. Add it to the form, or remove it here.") % {"name": name}


def unused_fields(fields: Sequence[Field], *texts: str) -> list[Field]:
    """Fields that people fill in for nothing."""
    used = set().union(*(names_in(text) for text in texts))
    return [one for one in fields if one.name not in used]
