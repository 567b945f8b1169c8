import openai
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from shared import DATA_URL, KEY, MODEL, QUESTION, SCHEMA, SITE, WEATHER, is_lima

where = {"base_url": f"{SITE}/v1", "api_key": KEY, "max_retries": 0}
tool = {"type": "function", "function": {"name": "weather", "description": "The weather", "parameters": SCHEMA}}
place = {"title": "place", "description": "A place", **SCHEMA}

for options in ({}, {"use_responses_api": True}):
    model = ChatOpenAI(model=MODEL, **where, **options)
    answer = model.invoke(QUESTION)
    assert answer.text
    assert answer.usage_metadata["output_tokens"] > 0
    assert "".join(chunk.text for chunk in model.stream(QUESTION))
    called = model.bind_tools([tool]).invoke(WEATHER)
    assert called.tool_calls[0]["args"] == {"city": "Lima"}
    result = ToolMessage("18 degrees", tool_call_id=called.tool_calls[0]["id"])
    again = model.bind_tools([tool]).invoke([HumanMessage(WEATHER), called, result])
    assert "18 degrees" in again.text
    assert is_lima(model.with_structured_output(place, method="json_schema").invoke(WEATHER))
    assert is_lima(model.with_structured_output(place, method="function_calling").invoke(WEATHER))
    parts = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": DATA_URL}}]
    assert model.invoke([HumanMessage(parts)]).text

assert (
    len(OpenAIEmbeddings(model="vectors", check_embedding_ctx_length=False, **where).embed_documents(["a", "b"])) == 2
)
try:
    ChatOpenAI(model="nope", **where).invoke(QUESTION)
    raise SystemExit("a model that is not there")
except openai.NotFoundError:
    pass
