import openai
from shared import DATA_URL, KEY, MODEL, QUESTION, SCHEMA, SITE, WEATHER, is_lima

client = openai.OpenAI(base_url=f"{SITE}/v1", api_key=KEY, max_retries=0)
user = {"role": "user", "content": QUESTION}
tool = {"type": "function", "function": {"name": "weather", "parameters": SCHEMA, "strict": True}}
ask_weather = {"role": "user", "content": WEATHER}

assert MODEL in [model.id for model in client.models.list()]
assert client.models.retrieve(MODEL).id == MODEL
assert client.chat.completions.create(model=MODEL, messages=[user]).choices[0].message.content

with client.chat.completions.stream(model=MODEL, messages=[user], stream_options={"include_usage": True}) as stream:
    final = stream.get_final_completion()
assert final.choices[0].message.content
assert final.usage.completion_tokens > 0

message = client.chat.completions.create(model=MODEL, messages=[ask_weather], tools=[tool]).choices[0].message
assert is_lima(message.tool_calls[0].function.arguments)
result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "18 degrees"}
second = client.chat.completions.create(model=MODEL, messages=[ask_weather, message, result], tools=[tool])
assert "18 degrees" in second.choices[0].message.content

wanted = {"type": "json_schema", "json_schema": {"name": "place", "schema": SCHEMA, "strict": True}}
answer = client.chat.completions.create(model=MODEL, messages=[ask_weather], response_format=wanted)
assert is_lima(answer.choices[0].message.content)

parts = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": DATA_URL}}]
assert client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": parts}]).choices

assert client.responses.create(model=MODEL, input=QUESTION).output_text
with client.responses.stream(model=MODEL, input=QUESTION) as events:
    assert events.get_final_response().output_text
assert len(client.embeddings.create(model="vectors", input=["a", "b"]).data) == 2

try:
    client.chat.completions.create(model="nope", messages=[user])
    raise AssertionError("a model that is not there")
except openai.NotFoundError as error:
    assert error.code == "model_not_found"
try:
    client.chat.completions.create(model=MODEL, messages=[user], logit_bias={"1": 5})
    raise AssertionError("a field that is not understood")
except openai.BadRequestError as error:
    assert error.param == "logit_bias"
try:
    client.with_options(api_key="pg_wrong").models.list()
    raise AssertionError("a wrong key")
except openai.AuthenticationError as error:
    assert error.request_id.startswith("req_")
