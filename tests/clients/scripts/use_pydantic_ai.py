import asyncio
import base64

from pydantic import BaseModel
from pydantic_ai import Agent, BinaryContent, ModelHTTPError, NativeOutput
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider
from shared import KEY, MODEL, PIXEL, QUESTION, SITE, WEATHER

ours = OpenAIProvider(base_url=f"{SITE}/v1", api_key=KEY)
claude = AnthropicProvider(base_url=SITE, api_key=KEY)


class Place(BaseModel):
    city: str


def weather(city: str) -> str:
    """The weather of a city."""
    return f"18 degrees in {city}"


async def use(model: object) -> None:
    agent = Agent(model)
    assert (await agent.run(QUESTION)).output
    async with agent.run_stream(QUESTION) as stream:
        assert "".join([piece async for piece in stream.stream_text(delta=True)])
    assert "18 degrees in Lima" in (await Agent(model, tools=[weather]).run(WEATHER)).output
    assert (await Agent(model, output_type=Place).run("city: Lima")).output == Place(city="Lima")
    picture = BinaryContent(data=base64.b64decode(PIXEL), media_type="image/png")
    assert (await agent.run(["What is it?", picture])).output


async def main() -> None:
    for model in (
        OpenAIChatModel(MODEL, provider=ours),
        OpenAIResponsesModel(MODEL, provider=ours),
        AnthropicModel(MODEL, provider=claude),
    ):
        await use(model)
    native = Agent(OpenAIChatModel(MODEL, provider=ours), output_type=NativeOutput(Place))
    assert (await native.run("city: Lima")).output == Place(city="Lima")
    try:
        await Agent(OpenAIChatModel("nope", provider=ours)).run(QUESTION)
        raise SystemExit("a model that is not there")
    except ModelHTTPError as error:
        assert error.status_code == 404


asyncio.run(main())
