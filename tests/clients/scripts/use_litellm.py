import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import litellm
from shared import DATA_URL, KEY, MODEL, QUESTION, SCHEMA, SITE, WEATHER, is_lima

user = {"role": "user", "content": QUESTION}
ask_weather = {"role": "user", "content": WEATHER}
tool = {"type": "function", "function": {"name": "weather", "description": "The weather", "parameters": SCHEMA}}
doors = [
    {"model": f"openai/{MODEL}", "api_base": f"{SITE}/v1", "api_key": KEY},
    {"model": f"anthropic/{MODEL}", "api_base": SITE, "api_key": KEY, "max_tokens": 400},
]
for door in doors:
    assert litellm.completion(messages=[user], **door).choices[0].message.content
    chunks = list(litellm.completion(messages=[user], stream=True, **door))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    message = litellm.completion(messages=[ask_weather], tools=[tool], **door).choices[0].message
    assert is_lima(message.tool_calls[0].function.arguments)
    result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "18 degrees"}
    said = [ask_weather, message.model_dump(), result]
    assert "18 degrees" in litellm.completion(messages=said, tools=[tool], **door).choices[0].message.content
    parts = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": DATA_URL}}]
    assert litellm.completion(messages=[{"role": "user", "content": parts}], **door).choices
    try:
        litellm.completion(messages=[user], num_retries=0, **(door | {"model": door["model"].replace(MODEL, "nope")}))
        raise SystemExit("a model that is not there")
    except litellm.NotFoundError:
        pass

wanted = {"type": "json_schema", "json_schema": {"name": "place", "schema": SCHEMA, "strict": True}}
assert is_lima(
    litellm.completion(messages=[ask_weather], response_format=wanted, **doors[0]).choices[0].message.content
)
assert litellm.responses(input=QUESTION, **doors[0]).output
vectors = litellm.embedding(model="openai/vectors", input=["a", "b"], api_base=f"{SITE}/v1", api_key=KEY)
assert len(vectors.data) == 2
