"""The library and command line `llm`, with a model as its configuration file names it."""

import os
from pathlib import Path

folder = Path(os.environ["HOME"]) / "llm"
folder.mkdir(exist_ok=True)
os.environ["LLM_USER_PATH"] = str(folder)

import llm  # noqa: E402
from shared import KEY, MODEL, PIXEL, QUESTION, SCHEMA, SITE, WEATHER, is_lima  # noqa: E402

(folder / "extra-openai-models.yaml").write_text(
    f"""- model_id: ours
  model_name: {MODEL}
  api_base: {SITE}/v1
  api_key_name: ours
  supports_tools: true
  supports_schema: true
  vision: true
- model_id: missing
  model_name: nope
  api_base: {SITE}/v1
  api_key_name: ours
"""
)
model = llm.get_model("ours")
model.key = KEY


def weather(city: str) -> str:
    """The weather of a city."""
    return f"18 degrees in {city}"


assert model.prompt(QUESTION, stream=False).text()
assert "".join(model.prompt(QUESTION, stream=True))
assert "18 degrees" in model.chain(WEATHER, tools=[weather]).text()
assert is_lima(model.prompt(WEATHER, schema=SCHEMA, stream=False).text())
picture = folder / "pixel.png"
picture.write_bytes(__import__("base64").b64decode(PIXEL))
assert model.prompt("What is it?", attachments=[llm.Attachment(path=str(picture))], stream=False).text()
missing = llm.get_model("missing")
missing.key = KEY
try:
    missing.prompt(QUESTION, stream=False).text()
    raise SystemExit("a model that is not there")
except Exception as error:
    assert "does not exist" in str(error), error
