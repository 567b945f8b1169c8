"""The body of a response, as OpenAI defined it, as far as it means something here."""

from typing import Annotated, Any, Literal

from pydantic import Field

from playground.api.chat_body import Effort, Function, Tokens
from playground.api.pictures import DataUrl
from playground.programs.body import Body, Unused, kind_by, tag, text_or_list

STATELESS = "Answers are not kept for later requests here: send the whole conversation as input."


class InputText(Body):
    type: Literal["input_text", "output_text", "text"]
    text: str
    annotations: Unused = None
    logprobs: Unused = None
    parsed: Unused = None


class InputImage(Body):
    type: Literal["input_image"]
    image_url: DataUrl
    detail: Unused = None
    file_id: Annotated[None, Field(description="Not supported.")] = None


class Refused(Body):
    type: Literal["refusal"]
    refusal: str


Part = Annotated[
    Annotated[InputText, tag("input_text")]
    | Annotated[InputImage, tag("input_image")]
    | Annotated[Refused, tag("refusal")],
    kind_by("type", "input_text", "input_image", "refusal", output_text="input_text", text="input_text"),
]
Parts = Annotated[Annotated[str, tag("text")] | Annotated[list[Part], tag("list")], text_or_list()]


class Message(Body):
    type: Literal["message"] = "message"
    role: Literal["user", "assistant", "system", "developer"]
    content: Parts
    id: Unused = None
    status: Unused = None
    phase: Unused = None


class FunctionCall(Body):
    type: Literal["function_call"]
    call_id: str
    name: str
    arguments: str
    id: Unused = None
    status: Unused = None
    namespace: Unused = None
    parsed_arguments: Unused = None
    caller: Unused = None
    async_: Annotated[Unused, Field(alias="async")] = None


class FunctionCallOutput(Body):
    type: Literal["function_call_output"]
    call_id: str
    output: Parts
    id: Unused = None
    status: Unused = None


class Reasoning(Body):
    """A model's own thoughts, sent back: read and left out."""

    type: Literal["reasoning"]
    id: Unused = None
    summary: Unused = None
    content: Unused = None
    encrypted_content: Unused = None
    status: Unused = None


Item = Annotated[
    Annotated[Message, tag("message")]
    | Annotated[FunctionCall, tag("function_call")]
    | Annotated[FunctionCallOutput, tag("function_call_output")]
    | Annotated[Reasoning, tag("reasoning")],
    kind_by("type", "message", "function_call", "function_call_output", "reasoning", missing="message"),
]


class Tool(Function):
    """A function of the caller's: there are no tools on the server."""

    type: Literal["function"]


class NamedTool(Body):
    type: Literal["function"]
    name: str


class Format(Body):
    type: Literal["text", "json_object", "json_schema"]
    name: str | None = None
    description: str | None = None
    schema_: Annotated[dict[str, Any] | None, Field(alias="schema")] = None
    strict: bool | None = None


class TextOptions(Body):
    format: Format | None = None
    verbosity: Unused = None


class ReasoningOptions(Body):
    effort: Effort | None = None
    summary: Unused = None
    generate_summary: Unused = None
    context: Unused = None


class ResponsesBody(Body):
    """A question in the format of OpenAI's responses, without memory."""

    model: Annotated[str, Field(min_length=1, description="A model of GET /v1/models.")]
    input: Annotated[
        Annotated[str, tag("text")] | Annotated[Annotated[list[Item], Field(min_length=1)], tag("list")], text_or_list()
    ]
    instructions: str | None = None
    stream: bool | None = None
    max_output_tokens: Tokens | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    tools: Annotated[list[Tool], Field(max_length=128)] | None = None
    tool_choice: Literal["none", "auto", "required"] | NamedTool | None = None
    parallel_tool_calls: bool | None = None
    text: TextOptions | None = None
    reasoning: ReasoningOptions | None = None
    store: Annotated[Literal[False] | None, Field(description=STATELESS)] = None
    previous_response_id: Annotated[None, Field(description=STATELESS)] = None
    conversation: Annotated[None, Field(description=STATELESS)] = None
    background: Literal[False] | None = None
    truncation: Literal["disabled"] | None = None
    top_logprobs: Literal[0] | None = None
    metadata: dict[str, str] | None = None
    include: Unused = None
    user: Unused = None
    service_tier: Unused = None
    safety_identifier: Unused = None
    prompt_cache_key: Unused = None
    prompt_cache_retention: Unused = None
    stream_options: Unused = None
