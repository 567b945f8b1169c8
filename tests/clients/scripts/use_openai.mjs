import assert from "node:assert/strict";
import OpenAI from "openai";

const { SITE, KEY, MODEL } = process.env;
const client = new OpenAI({ baseURL: `${SITE}/v1`, apiKey: KEY, maxRetries: 0 });
const schema = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const messages = [{ role: "user", content: "Three names for a blue backpack" }];
const weather = [{ role: "user", content: "weather in city: Lima" }];
const tools = [{ type: "function", function: { name: "weather", parameters: schema } }];

assert.ok((await client.models.list()).data.some((model) => model.id === MODEL));
assert.ok((await client.chat.completions.create({ model: MODEL, messages })).choices[0].message.content);

const stream = client.chat.completions.stream({ model: MODEL, messages, stream_options: { include_usage: true } });
let text = "";
for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? "";
assert.ok(text.length > 0);
assert.ok((await stream.totalUsage()).completion_tokens > 0);

const calls = client.chat.completions.stream({ model: MODEL, messages: weather, tools });
const called = (await calls.finalChatCompletion()).choices[0].message;
assert.deepEqual(JSON.parse(called.tool_calls[0].function.arguments), { city: "Lima" });
const result = { role: "tool", tool_call_id: called.tool_calls[0].id, content: "18 degrees" };
const second = await client.chat.completions.create({ model: MODEL, messages: [...weather, called, result], tools });
assert.match(second.choices[0].message.content, /18 degrees/);

const format = { type: "json_schema", json_schema: { name: "place", schema, strict: true } };
const data = await client.chat.completions.create({ model: MODEL, messages: weather, response_format: format });
assert.deepEqual(JSON.parse(data.choices[0].message.content), { city: "Lima" });

const image = { type: "image_url", image_url: { url: `data:image/png;base64,${pixel}` } };
assert.ok(await client.chat.completions.create({ model: MODEL, messages: [{ role: "user", content: [image] }] }));

assert.ok((await client.responses.create({ model: MODEL, input: "Three names" })).output_text);
const events = client.responses.stream({ model: MODEL, input: "Three names" });
assert.ok((await events.finalResponse()).output_text);
assert.equal((await client.embeddings.create({ model: "vectors", input: ["a", "b"] })).data.length, 2);

await assert.rejects(client.chat.completions.create({ model: "nope", messages }), OpenAI.NotFoundError);
const far = [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://example.com/a.png" } }] }];
await assert.rejects(client.chat.completions.create({ model: MODEL, messages: far }), OpenAI.BadRequestError);
