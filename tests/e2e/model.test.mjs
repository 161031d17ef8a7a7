// The lines of docs/embedding.md that pipe a model into a topic, in a Worker and a page. The model is a server that answers by SSE.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { chromium } from "playwright-core";
import { FLAGS, chromiumPath } from "./browser.mjs";
import { part, read } from "./documents.mjs";
import { Server } from "./server.mjs";
import { until } from "./until.mjs";

const WORDS = ["It ", "ends ", "with ", "“ü”."];
const chunk = (content) => ({ object: "chat.completion.chunk", choices: [{ index: 0, delta: { content } }] });

let model;
let server;
before(async () => {
  model = createServer(async (request, response) => {
    const { stream, messages } = JSON.parse(Buffer.concat(await Array.fromAsync(request)).toString());
    assert.ok(stream && request.headers.authorization === "Bearer none");
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const word of WORDS) {
      // Cut in the middle of an event.
      for (const half of [`data: ${JSON.stringify(chunk(word)).slice(0, 30)}`, `${JSON.stringify(chunk(word)).slice(30)}\n\n`]) {
        response.write(half);
        await wait(10);
      }
    }
    response.end(messages[0].content === "break off" ? "" : "data: [DONE]\n\n");
  }).listen(0, "127.0.0.1");
  await once(model, "listening");
  const vars = { MODEL: `http://127.0.0.1:${model.address().port}/`, MODEL_KEY: "none" };
  server = await Server.start({ vars, settings: ["--config", "tests/e2e/model/wrangler.toml"] });
});
after(async () => {
  await server?.stop();
  model?.close();
});

for (const path of ["/answers", "/object/answers"]) {
  test(`each event of a model that answers by SSE is one update, and its end closes the topic: POST ${path}`, async () => {
    const { topic } = await (await fetch(server.origin + path, { method: "POST", body: "Why?" })).json();
    const stream = await fetch(`${server.origin}/events?topic=${topic}&lastEventID=earliest`);
    const data = Array.from((await stream.text()).matchAll(/^data: (\{"object".*)$/gm), ([, json]) => JSON.parse(json));
    assert.deepEqual(data, WORDS.map(chunk));
    const { state, reason, count } = await (await fetch(`${server.origin}/status?topic=${topic}`)).json();
    assert.deepEqual([state, reason, count], ["closed", "done", WORDS.length]);
  });
}

test("the lines of the page write the answer, and say that one broke off", async (t) => {
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
  t.after(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`${server.origin}/nothing`);
  const lines = part(read("tests/e2e/model/page.js"), "page");
  for (const [prompt, end] of [["Why?", ""], ["break off", " … it broke off"]]) {
    await page.evaluate(`(async (prompt) => {
      globalThis.text = "";
      const write = (more) => (text += more);
      ${lines}
    })(${JSON.stringify(prompt)})`);
    await until(async () => (await page.evaluate("text")) === WORDS.join("") + end, async () => `${prompt}: ${await page.evaluate("text")}`);
  }
});
