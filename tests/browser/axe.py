"""axe-core on the page that is open: what a person with a screen reader or weak eyes could not use."""

from pathlib import Path

from playwright.sync_api import Page

SCRIPT = Path(__file__).parent / "vendor" / "axe.min.js"
# A colour that is still changing is neither of the two.
SETTLED = """() => Promise.all(document.getAnimations()
  .filter(animation => animation.effect.getComputedTiming().endTime !== Infinity)
  .map(animation => animation.finished.catch(() => null)))"""
GRAVE = ("serious", "critical")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def check(page: Page, only: list[str] | None = None) -> list[str]:
    """The serious and critical violations of all rules or of `only` some, one line each; empty when there are none."""
    page.evaluate(SCRIPT.read_text())
    page.evaluate(SETTLED)
    violations = page.evaluate(
        "runOnly => axe.run(document, {runOnly}).then(found => found.violations)",
        {"type": "rule", "values": only} if only else {"type": "tag", "values": RULES},
    )
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:160]} ({node.get('failureSummary', '')})"
        for violation in violations
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]
