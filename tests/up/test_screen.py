from pathlib import Path

from playground.up.screen import silent_providers


def test_a_provider_that_gave_no_models_is_on_the_screen(tmp_path: Path) -> None:
    log = tmp_path / "prepare.log"
    log.write_text("Running migrations:\nDemo: 1 models\n! OpenAI: OpenAI cannot be reached right now.\n")
    assert silent_providers(log) == ["  No models from:", "    OpenAI: OpenAI cannot be reached right now."]


def test_nothing_is_said_when_all_gave_some(tmp_path: Path) -> None:
    log = tmp_path / "prepare.log"
    log.write_text("Demo: 1 models\n")
    assert silent_providers(log) == []
