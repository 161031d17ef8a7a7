// Tests of an application with a hub, in the runtime of Workers.
import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";

const member = { "x-team": "red" };

/** Opens a stream, and gives its text until `part` has arrived. */
async function reads(url: string, part: string): Promise<string> {
  const response = await exports.default.fetch(url, { headers: member });
  expect(response.status).toBe(200);
  let text = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes(part)) return text;
  }
  throw new Error(`the stream ended behind ${text}`);
}

test("a member sees that a task is done, without a reload", async () => {
  const seen = reads("https://app.example/events?topic=tasks/7&lastEventID=earliest", "\n\n");
  const answer = await exports.default.fetch("https://app.example/tasks/7/done", { method: "POST" });
  expect(answer.status).toBe(204);
  expect(await seen).toContain('data: {"task":"7"}');
});

test("a stranger is refused by the application", async () => {
  const answer = await exports.default.fetch("https://app.example/events?topic=tasks/7");
  expect([answer.status, await answer.text()]).toEqual([403, "members only"]);
});

test("a member cannot select what the application did not grant", async () => {
  const answer = await exports.default.fetch("https://app.example/events?topic=salaries", { headers: member });
  expect(answer.status).toBe(403);
});

test("an update is durable when the call resolves", async () => {
  const { id } = await env.HUB.getByName("default").publish({ topic: "tasks/8", data: "kept" });
  const text = await reads("https://app.example/events?topic=tasks/8&lastEventID=earliest", id);
  expect(text).toContain("data: kept");
});
