"""The body of a message, as Anthropic defined it, as far as it means something here."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from playground.api.pictures import checked
from playground.programs.body import Body, Unused, kind_by, tag, text_or_list

Effort = Literal["low", "medium", "high", "xhigh", "max"]


class TextBlock(Body):
    type: Literal["text"]
    text: str
    cache_control: Unused = None
    citations: Unused = None


class ImageSource(Body):
    type: Literal["base64"]
    media_type: Literal["image/png", "image/jpeg", "image/gif", "image/webp"]
    data: str

    @model_validator(mode="after")
    def is_image(self) -> "ImageSource":
        checked(self.media_type, self.data)
        return self


class ImageBlock(Body):
    type: Literal["image"]
    source: ImageSource
    cache_control: Unused = None


class ToolUseBlock(Body):
    type: Literal["tool_use"]
    id: str
    name: str
    input: dict[str, Any]
    cache_control: Unused = None
    caller: Unused = None
    toolset_name: Unused = None


Shown = Annotated[
    Annotated[TextBlock, tag("text")] | Annotated[ImageBlock, tag("image")], kind_by("type", "text", "image")
]


class ToolResultBlock(Body):
    type: Literal["tool_result"]
    tool_use_id: str
    content: Annotated[Annotated[str, tag("text")] | Annotated[list[Shown], tag("list")], text_or_list()] | None = None
    is_error: bool | None = None
    cache_control: Unused = None
    toolset_name: Unused = None


class ThinkingBlock(Body):
    """A model's own thoughts, sent back: read and left out."""

    type: Literal["thinking", "redacted_thinking"]
    thinking: Unused = None
    signature: Unused = None
    data: Unused = None


Block = Annotated[
    Annotated[TextBlock, tag("text")]
    | Annotated[ImageBlock, tag("image")]
    | Annotated[ToolUseBlock, tag("tool_use")]
    | Annotated[ToolResultBlock, tag("tool_result")]
    | Annotated[ThinkingBlock, tag("thinking")],
    kind_by("type", "text", "image", "tool_use", "tool_result", "thinking", redacted_thinking="thinking"),
]
Blocks = Annotated[Annotated[str, tag("text")] | Annotated[list[Block], tag("list")], text_or_list()]
Texts = Annotated[Annotated[str, tag("text")] | Annotated[list[TextBlock], tag("list")], text_or_list()]


class Message(Body):
    role: Literal["user", "assistant", "system"]
    content: Blocks


class Tool(Body):
    type: Literal["custom"] | None = None
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,128}$")]
    description: str | None = None
    input_schema: dict[str, Any]
    strict: bool | None = None
    cache_control: Unused = None
    eager_input_streaming: Unused = None
    input_examples: Unused = None


class ToolChoice(Body):
    type: Literal["auto", "any", "tool", "none"]
    name: str | None = None
    disable_parallel_tool_use: bool | None = None


class Thinking(Body):
    type: Literal["enabled", "disabled", "adaptive", "between_tools"]
    budget_tokens: Annotated[int, Field(ge=0)] | None = None
    display: Unused = None


class Format(Body):
    type: Literal["json_schema"]
    schema_: Annotated[dict[str, Any], Field(alias="schema")]


class OutputConfig(Body):
    format: Format | None = None
    effort: Effort | None = None


class MessagesBody(Body):
    """A question in the format of Anthropic's messages."""

    model: Annotated[str, Field(min_length=1, description="A model of GET /v1/models.")]
    max_tokens: Annotated[int, Field(gt=0, lt=2**31)]
    messages: Annotated[list[Message], Field(min_length=1)]
    system: Texts | None = None
    stream: bool | None = None
    temperature: Annotated[float, Field(ge=0, le=1)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    stop_sequences: Annotated[list[str], Field(max_length=4)] | None = None
    tools: Annotated[list[Tool], Field(max_length=128)] | None = None
    tool_choice: ToolChoice | None = None
    thinking: Thinking | None = None
    output_config: OutputConfig | None = None
    metadata: Unused = None
    service_tier: Unused = None
    cache_control: Unused = None
