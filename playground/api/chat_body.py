"""The body of a chat completion, as OpenAI defined it, as far as it means something here."""

from typing import Annotated, Any, Literal

from pydantic import Field

from playground.api.pictures import DataUrl
from playground.programs.body import Body, Unused, kind_by, tag, text_or_list

Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh"]
Tokens = Annotated[int, Field(gt=0, lt=2**31)]
Stop = Annotated[list[str], Field(max_length=4)]


class TextPart(Body):
    type: Literal["text"]
    text: str
    cache_control: Unused = None


class ImageAddress(Body):
    url: DataUrl
    detail: Literal["auto", "low", "high"] | None = None


class ImagePart(Body):
    type: Literal["image_url"]
    image_url: ImageAddress


class RefusalPart(Body):
    type: Literal["refusal"]
    refusal: str


TextParts = Annotated[
    Annotated[str, tag("text")] | Annotated[list[TextPart], tag("list")],
    text_or_list(),
]
UserPart = Annotated[
    Annotated[TextPart, tag("text")] | Annotated[ImagePart, tag("image_url")], kind_by("type", "text", "image_url")
]
AssistantPart = Annotated[
    Annotated[TextPart, tag("text")] | Annotated[RefusalPart, tag("refusal")], kind_by("type", "text", "refusal")
]


class SystemMessage(Body):
    role: Literal["system", "developer"]
    content: TextParts
    name: Unused = None


class UserMessage(Body):
    role: Literal["user"]
    content: Annotated[Annotated[str, tag("text")] | Annotated[list[UserPart], tag("list")], text_or_list()]
    name: Unused = None


class CalledFunction(Body):
    name: str
    arguments: str
    parsed_arguments: Unused = None


class Call(Body):
    id: str
    type: Literal["function"] = "function"
    function: CalledFunction
    index: Unused = None
    provider_specific_fields: Unused = None


class AssistantMessage(Body):
    role: Literal["assistant"]
    content: (
        Annotated[Annotated[str, tag("text")] | Annotated[list[AssistantPart], tag("list")], text_or_list()] | None
    ) = None
    tool_calls: list[Call] | None = None
    refusal: str | None = None
    name: Unused = None
    annotations: Unused = None
    audio: Annotated[None, Field(description="Not supported.")] = None
    function_call: Annotated[None, Field(description="Use tool_calls.")] = None
    reasoning_content: Unused = None
    parsed: Unused = None
    # What other libraries have added to an answer that comes back.
    provider_specific_fields: Unused = None
    thinking_blocks: Unused = None


class ToolMessage(Body):
    role: Literal["tool"]
    tool_call_id: str
    content: TextParts
    name: Unused = None


Message = Annotated[
    Annotated[SystemMessage, tag("system")]
    | Annotated[UserMessage, tag("user")]
    | Annotated[AssistantMessage, tag("assistant")]
    | Annotated[ToolMessage, tag("tool")],
    kind_by("role", "system", "user", "assistant", "tool", developer="system"),
]


class Function(Body):
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class Tool(Body):
    type: Literal["function"]
    function: Function


class NamedFunction(Body):
    name: str


class NamedTool(Body):
    type: Literal["function"]
    function: NamedFunction


class JsonSchema(Body):
    name: str | None = None
    description: str | None = None
    schema_: Annotated[dict[str, Any], Field(alias="schema")]
    strict: bool | None = None


class ResponseFormat(Body):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None


class StreamOptions(Body):
    include_usage: bool | None = None
    include_obfuscation: Unused = None


class ChatBody(Body):
    """A question in the format of OpenAI's chat completions."""

    model: Annotated[str, Field(min_length=1, description="A model of GET /v1/models.")]
    messages: Annotated[list[Message], Field(min_length=1)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_completion_tokens: Tokens | None = None
    max_tokens: Tokens | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    stop: Annotated[Annotated[str, tag("text")] | Annotated[Stop, tag("list")], text_or_list()] | None = None
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None
    reasoning_effort: Effort | None = None
    response_format: ResponseFormat | None = None
    tools: Annotated[list[Tool], Field(max_length=128)] | None = None
    tool_choice: Literal["none", "auto", "required"] | NamedTool | None = None
    parallel_tool_calls: bool | None = None
    n: Annotated[Literal[1], Field(description="One question, one answer.")] | None = None
    logprobs: Literal[False] | None = None
    top_logprobs: Literal[0] | None = None
    frequency_penalty: Literal[0] | None = None
    presence_penalty: Literal[0] | None = None
    modalities: list[Literal["text"]] | None = None
    verbosity: Unused = None
    user: Unused = None
    metadata: Unused = None
    store: Unused = None
    service_tier: Unused = None
    safety_identifier: Unused = None
    prompt_cache_key: Unused = None
    prompt_cache_retention: Unused = None
