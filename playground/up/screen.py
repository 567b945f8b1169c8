"""The one screen that `up` ends with: where, who, which models, how to stop."""

from collections.abc import Mapping
from pathlib import Path

from playground.demo.people import PEOPLE
from playground.up.environment import Wishes

_RULE = "─" * 78


def screen(wanted: Wishes, environment: Mapping[str, str], *, prepared: Path) -> str:
    """`prepared` is the log of what made the database ready; it knows which providers gave nothing."""
    lines = ["", _RULE, f"  The Playground is up:  {wanted.site_url}", ""]
    lines += _people() if wanted.starts_identity else [f"  Sign in with {environment['OIDC_ISSUER']}"]
    lines += ["", *_models(environment["DATABASE_URL"]), *silent_providers(prepared), ""]
    lines += [
        f"  Data and logs: {wanted.data}",
        "  Stop: Ctrl-C. Nothing is lost; the next start continues here.",
        _RULE,
        "",
    ]
    return "\n".join(lines)


def _people() -> list[str]:
    rows = [(person.name, person.label.lower(), ", ".join(person.departments)) for person in PEOPLE if person.is_active]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return ["  Sign in as one of:"] + [
        f"    {name:<{widths[0]}}  {label:<{widths[1]}}  {departments}".rstrip() for name, label, departments in rows
    ]


def silent_providers(prepared: Path) -> list[str]:
    said = [line for line in prepared.read_text(errors="replace").splitlines() if line.startswith("! ")]
    return ["  No models from:", *(f"    {line[2:]}" for line in said)] if said else []


def _models(database_url: str) -> list[str]:
    """Read by hand: this process loads no Django."""
    import psycopg  # noqa: PLC0415

    with psycopg.connect(database_url, connect_timeout=5) as server:
        rows = server.execute(
            "select m.name, string_agg(distinct p.name, ', ') from playground_model m "
            "join playground_deployment d on d.model_id = m.id join playground_provider p on p.id = d.provider_id "
            "where m.audience <> 'nobody' and d.is_active and p.is_active group by m.id order by m.position, m.name"
        ).fetchall()
    if not rows:
        return ["  No model is live yet: name a provider under Models, or set OPENAI_API_KEY."]
    width = max(len(name) for name, _ in rows)
    return ["  Models:"] + [f"    {name:<{width}}  by {providers}" for name, providers in rows]
