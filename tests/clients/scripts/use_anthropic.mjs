import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";

const { SITE, KEY, MODEL } = process.env;
const client = new Anthropic({ baseURL: SITE, apiKey: KEY, maxRetries: 0 });
const schema = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const asked = { model: MODEL, max_tokens: 300 };
const messages = [{ role: "user", content: "Three names for a blue backpack" }];
const weather = [{ role: "user", content: "weather in city: Lima" }];
const tools = [{ name: "weather", description: "The weather", input_schema: schema }];

assert.ok((await client.messages.create({ ...asked, messages })).content[0].text);
const stream = client.messages.stream({ ...asked, messages });
assert.ok((await stream.finalText()).length > 0);

const first = await client.messages.stream({ ...asked, messages: weather, tools }).finalMessage();
const call = first.content.at(-1);
assert.deepEqual(call.input, { city: "Lima" });
const result = { type: "tool_result", tool_use_id: call.id, content: "18 degrees" };
const said = [...weather, { role: "assistant", content: first.content }, { role: "user", content: [result] }];
assert.match((await client.messages.create({ ...asked, messages: said, tools })).content[0].text, /18 degrees/);

const format = { type: "json_schema", schema };
const data = await client.messages.create({ ...asked, messages: weather, output_config: { format } });
assert.deepEqual(JSON.parse(data.content[0].text), { city: "Lima" });

const image = { type: "image", source: { type: "base64", media_type: "image/png", data: pixel } };
assert.ok(await client.messages.create({ ...asked, messages: [{ role: "user", content: [image] }] }));

await assert.rejects(client.messages.create({ ...asked, model: "nope", messages }), Anthropic.NotFoundError);
const stranger = new Anthropic({ baseURL: SITE, apiKey: "pg_wrong", maxRetries: 0 });
await assert.rejects(stranger.messages.create({ ...asked, messages }), Anthropic.AuthenticationError);
