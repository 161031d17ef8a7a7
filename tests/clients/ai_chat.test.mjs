// millstream/ai: chats of AI SDK over a hub, with AI SDK's own client, its mock model and its transport.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Chat } from "@ai-sdk/react";
import { DefaultChatTransport } from "ai";
import { HubChatTransport } from "../../npm/ai/index.mjs";
import { Cable } from "../e2e/cable.mjs";
import { Server } from "../e2e/server.mjs";
import { Stream } from "../e2e/stream.mjs";
import { until } from "../e2e/until.mjs";

let server;
let count = 0;
before(async () => (server = await Server.start({ settings: ["--config", "tests/clients/chat/wrangler.toml"] })));
after(() => server?.stop());

const freshId = () => `chat ${(count += 1)}/ä`;
const numbers = (length) => Array.from({ length }, (_, index) => `${index} `).join("");
const streamOf = (id, query = "") => `${server.origin}/api/chat/${encodeURIComponent(id)}/stream${query}`;

/** A tab with this chat, which has these messages. */
function tab(t, id, { messages = [], origin = server.origin, path = "/api/chat", Transport = HubChatTransport } = {}) {
  const transport = new Transport({ api: `${origin}${path}` });
  t.after(() => transport.close?.());
  const errors = [];
  const chat = new Chat({ id, messages, transport, onError: (error) => errors.push(error.message) });
  const text = () => chat.messages.filter(({ role }) => role === "assistant").map(({ parts }) => parts.filter(({ type }) => type === "text").map(({ text }) => text).join(""));
  const shows = (pattern) => until(() => pattern.test(text().at(-1) ?? ""), () => `${pattern} in ${text()}`);
  return { chat, transport, errors, text, shows };
}

/** A tab that has asked for `words`, and what its request comes to. */
async function asking(t, words, options) {
  const id = freshId();
  const asker = tab(t, id, options);
  const answered = asker.chat.sendMessage({ text: words });
  await asker.shows(/3 /);
  return { id, asker, answered };
}

describe("a chat", { concurrency: 4 }, () => {
  test("an answer is read whole by who asks, and by who comes when it is complete, with a transport of either kind", async (t) => {
    const { id, asker, answered } = await asking(t, "count 20");
    await answered;
    assert.deepEqual([asker.chat.status, asker.text()], ["ready", [numbers(20)]]);
    for (const Transport of [HubChatTransport, DefaultChatTransport]) {
      const late = tab(t, id, { Transport });
      await late.chat.resumeStream();
      assert.deepEqual([late.chat.status, late.text(), late.errors], ["ready", [numbers(20)], []]);
      // It has the whole answer already, and shows it once.
      await late.chat.resumeStream();
      assert.deepEqual(late.text(), [numbers(20)]);
      assert.deepEqual(late.chat.messages.map(({ id }) => id), asker.chat.messages.slice(1).map(({ id }) => id));
    }
  });

  test("a page that is loaded again in the middle reads the answer from its beginning to its end", async (t) => {
    const { id, asker, answered } = await asking(t, "count 60");
    const messages = asker.chat.messages.slice(0, 1);
    await asker.chat.stop();
    await answered;
    const again = tab(t, id, { messages });
    await again.chat.resumeStream();
    assert.deepEqual([again.chat.status, again.text(), again.errors], ["ready", [numbers(60)], []]);
  });

  test("two tabs read the same while it is written, and a third one by AI SDK's own transport", async (t) => {
    const { id, asker, answered } = await asking(t, "count 60");
    const others = [HubChatTransport, DefaultChatTransport].map((Transport) => tab(t, id, { Transport }));
    await Promise.all([answered, ...others.map(({ chat }) => chat.resumeStream())]);
    for (const { chat, text } of [asker, ...others]) assert.deepEqual([chat.status, text()], ["ready", [numbers(60)]]);
  });

  test("a stop in one tab ends the model's call, and the answer in each tab", async (t) => {
    const { id, asker, answered } = await asking(t, "count 100000");
    const other = tab(t, id);
    const resumed = other.chat.resumeStream();
    await other.shows(/3 /);
    await other.transport.stop(id);
    await Promise.all([answered, resumed]);
    for (const { chat, errors } of [asker, other]) assert.deepEqual([chat.status, errors], ["ready", []]);
    assert.deepEqual(other.text(), asker.text());
    const body = await (await fetch(streamOf(id))).text();
    assert.match(body.slice(-100), /\ndata: \{"type":"abort","reason":"AbortError: enough"\}\n\ndata: \[DONE\]\n\n$/);
    const nobody = await fetch(streamOf(id), { method: "DELETE" });
    assert.deepEqual(await nobody.json(), { producers: 0 });
  });

  test("an answer whose connection is lost goes on by itself, and shows each word once", async (t) => {
    const cable = await Cable.to(server.port);
    t.after(() => cable.close());
    const { asker, answered } = await asking(t, "count 80", { origin: cable.at(server.origin).origin });
    for (const word of [/10 /, /30 /]) {
      await asker.shows(word);
      cable.cut();
      cable.mend();
    }
    await answered;
    assert.deepEqual([asker.chat.status, asker.text(), asker.errors], ["ready", [numbers(80)], []]);
  });

  test("a model that fails has told so in each tab", async (t) => {
    const { id, asker, answered } = await asking(t, "fail at 10");
    await answered;
    const late = tab(t, id);
    await late.chat.resumeStream();
    for (const { chat, errors, text } of [asker, late]) {
      assert.deepEqual([chat.status, errors, text()], ["error", ["the model has failed"], [numbers(10)]]);
    }
  });

  test("an application that fails before its response leaves no reader waiting", async (t) => {
    const id = freshId();
    const asker = tab(t, id);
    await asker.chat.sendMessage({ text: "throw" });
    assert.equal(asker.chat.status, "error");
    const other = tab(t, id);
    await other.chat.resumeStream();
    assert.match(other.errors.join(), /^The answer broke off/);
  });

  test("an answer that the hub takes no more of still reaches who has asked for it", async (t) => {
    const { id, asker, answered } = await asking(t, "count 60");
    const topic = `chats/${encodeURIComponent(id)}/${asker.chat.messages[1].id}`;
    assert.equal((await fetch(`${server.origin}/close`, { method: "POST", body: topic })).status, 200);
    await answered;
    assert.deepEqual([asker.chat.status, asker.text()], ["ready", [numbers(60)]]);
  });

  test("a chat that never was, and an answer that a visitor has made up, are nothing", async (t) => {
    const { id, answered } = await asking(t, "count 5");
    await answered;
    for (const Transport of [HubChatTransport, DefaultChatTransport]) {
      const { chat, errors } = tab(t, freshId(), { Transport });
      await chat.resumeStream();
      assert.deepEqual([chat.status, chat.messages, errors], ["ready", [], []]);
    }
    const [chatId, rest] = id.split("/");
    const { headers } = await fetch(streamOf(id));
    const [, answer] = headers.get("content-location").split("answer=");
    assert.equal((await fetch(streamOf(id, `?answer=${answer}`))).status, 200);
    for (const query of ["?answer=", "?answer=none", `?answer=${encodeURIComponent(`${encodeURIComponent(rest)}/${answer}`)}`]) {
      for (const chat of [id, chatId]) assert.equal((await fetch(streamOf(chat, query))).status, 204, query);
    }
  });

  test("who says that it has the newest answer is told 204 when that is complete", async (t) => {
    const { id, asker, answered } = await asking(t, "count 40");
    const [, { id: answer }] = asker.chat.messages;
    const headers = { "last-event-id": answer };
    const early = await fetch(streamOf(id), { headers });
    assert.equal(early.status, 200);
    await early.text();
    await answered;
    assert.equal((await fetch(streamOf(id), { headers })).status, 204);
    assert.equal((await fetch(streamOf(id), { headers: { "last-event-id": "another" } })).status, 200);
  });

  test("a client that names a chunk goes on behind it, and is told 204 behind the last one", async (t) => {
    const { id, asker, answered } = await asking(t, "count 30");
    await answered;
    const idsIn = (text) => Array.from(text.matchAll(/^id: (.*)$/gm), ([, id]) => id);
    const behind = (place) => fetch(streamOf(id), { headers: { "last-event-id": place } });
    const whole = await (await fetch(streamOf(id))).text();
    const ids = idsIn(whole);
    const middle = await (await behind(ids[10])).text();
    assert.deepEqual(idsIn(middle), ids.slice(11));
    assert.ok(whole.endsWith(middle.slice(middle.indexOf("id: "))) && middle.endsWith("data: [DONE]\n\n"), middle);
    assert.equal((await behind(ids.at(-1))).status, 204);
    assert.deepEqual(idsIn(await (await behind("unknown")).text()), ids);
    // An EventSource that has read one answer is given the whole of the next one.
    await asker.chat.sendMessage({ text: "count 5" });
    const next = await (await fetch(streamOf(id))).text();
    assert.deepEqual(idsIn(await (await behind(ids.at(-1))).text()), idsIn(next));
  });

  test("the chat's topic announces each answer with the words of the application, to its own readers alone", async (t) => {
    const { id, asker, answered } = await asking(t, "count 5");
    await answered;
    const stream = await Stream.open(t, streamOf(id).replace(/stream$/, "announcements?topic=*&lastEventID=earliest"));
    const [question, { id: answer }] = asker.chat.messages;
    await stream.receivesId(answer);
    assert.deepEqual(stream.ids, [answer]);
    assert.ok(stream.updates[0].includes(JSON.stringify(question)), stream.updates[0]);
  });

  test("the chats of another path, of another hub, that everybody may read, are those that the options say", async (t) => {
    const { id, asker, answered } = await asking(t, "count 5", { path: "/open" });
    await answered;
    const topic = `chats/${encodeURIComponent(id)}`;
    const query = new URLSearchParams({ topic, lastEventID: "earliest" });
    const stream = await Stream.open(t, `${server.hub("red")}?${query}`);
    await stream.receivesId(asker.chat.messages[1].id);
    const late = tab(t, id, { path: "/open" });
    await late.chat.resumeStream();
    assert.deepEqual(late.text(), [numbers(5)]);
    const elsewhere = tab(t, id);
    await elsewhere.chat.resumeStream();
    assert.deepEqual(elsewhere.text(), []);
    const closed = await asking(t, "count 5");
    await closed.answered;
    const nobody = new URLSearchParams({ topic: `chats/${encodeURIComponent(closed.id)}`, lastEventID: "earliest" });
    const nothing = await fetch(`${server.hub("default")}?${nobody}&live=false`);
    assert.ok(!(await nothing.text()).includes("count 5"));
  });
});

test("after kill -9 in the middle, what was written is there once, and nobody waits for the rest", async (t) => {
  const { id, asker, answered } = await asking(t, "count 100000");
  const other = tab(t, id);
  const resumed = other.chat.resumeStream();
  await other.shows(/20 /);
  await server.kill();
  await server.restart();
  await Promise.all([answered, resumed]);
  const late = tab(t, id);
  await late.chat.resumeStream();
  for (const { chat, errors, text } of [asker, other, late]) {
    assert.equal(chat.status, "error");
    assert.match(errors.join(), /^The answer broke off/);
    const [written, ...more] = text();
    assert.equal(more.length, 0);
    assert.equal(written, numbers(written.split(" ").length - 1));
    // The model's own reader may have had a word more than the hub.
    assert.ok(written.startsWith(late.text()[0]), `${written} / ${late.text()[0]}`);
  }
  assert.deepEqual(other.text(), late.text());
});
