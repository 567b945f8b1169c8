import anthropic
from shared import KEY, MODEL, PIXEL, QUESTION, SCHEMA, SITE, WEATHER, is_lima

client = anthropic.Anthropic(base_url=SITE, api_key=KEY, max_retries=0)
older = anthropic.Anthropic(
    base_url=SITE,
    api_key=KEY,
    default_headers={"anthropic-version": "2023-06-01", "X-Api-Key": KEY, "Authorization": anthropic.omit},
)
user = {"role": "user", "content": QUESTION}
ask_weather = {"role": "user", "content": WEATHER}
tool = {"name": "weather", "description": "The weather", "input_schema": SCHEMA}

assert MODEL in [model.id for model in client.models.list()]
assert client.messages.create(model=MODEL, max_tokens=300, messages=[user]).content[0].text
assert older.messages.create(model=MODEL, max_tokens=300, messages=[user], system="Be brief").content[0].text

with client.messages.stream(model=MODEL, max_tokens=300, messages=[user]) as stream:
    assert "".join(stream.text_stream)
    assert stream.get_final_message().usage.output_tokens > 0

first = client.messages.create(model=MODEL, max_tokens=300, messages=[ask_weather], tools=[tool])
call = first.content[-1]
assert first.stop_reason == "tool_use"
assert is_lima(call.input)
result = {"type": "tool_result", "tool_use_id": call.id, "content": "18 degrees"}
said = [ask_weather, {"role": "assistant", "content": first.content}, {"role": "user", "content": [result]}]
assert "18 degrees" in client.messages.create(model=MODEL, max_tokens=300, messages=said, tools=[tool]).content[0].text
with client.messages.stream(model=MODEL, max_tokens=300, messages=[ask_weather], tools=[tool]) as stream:
    assert is_lima(stream.get_final_message().content[-1].input)

wanted = {"format": {"type": "json_schema", "schema": SCHEMA}}
answer = client.messages.create(model=MODEL, max_tokens=300, messages=[ask_weather], output_config=wanted)
assert is_lima(answer.content[0].text)

image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
assert client.messages.create(model=MODEL, max_tokens=300, messages=[{"role": "user", "content": [image]}]).content

try:
    client.messages.create(model="nope", max_tokens=10, messages=[user])
    raise AssertionError("a model that is not there")
except anthropic.NotFoundError as error:
    assert error.type == "not_found_error"
    assert error.request_id.startswith("req_")
try:
    anthropic.Anthropic(base_url=SITE, api_key="pg_wrong", max_retries=0).messages.create(
        model=MODEL, max_tokens=10, messages=[user]
    )
    raise AssertionError("a wrong key")
except anthropic.AuthenticationError as error:
    assert error.type == "authentication_error"
