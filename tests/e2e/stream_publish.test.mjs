// An event stream that is piped into a topic: every event is published as it arrives.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Subscriber, curl, publish } from "./clients.mjs";
import { StreamedPost } from "./raw.mjs";
import { Server } from "./server.mjs";

const EVENT_STREAM = "text/event-stream";

/** The hub's URL with the topics that the events of a body go to. */
const into = (hub, query) => `${hub}?${query}`;

for (const kind of ["wrangler", "workerd"]) {
  describe(`on ${kind}`, () => {
    let server;
    let count = 0;
    before(async () => (server = await Server.start({ kind, vars: { ANONYMOUS_PUBLISH: "true" } })));
    after(() => server?.stop());
    const freshHub = () => server.hub(`stream-${(count += 1)}`);

    test("the tokens of a model reach a reader one by one, and a late reader resumes them", async (t) => {
      const hub = freshHub();
      const reader = await Subscriber.open(hub, ["chat/1"], { types: ["delta"] });
      const model = new StreamedPost(into(hub, "topic=chat/1&topic=chats"), `${EVENT_STREAM}; charset=utf-8`);
      t.after(() => [() => reader.close(), () => model.break()].forEach((end) => end()));
      const tokens = ["Once", " upon", "\u00a0a time…", "[DONE]"];
      for (const [at, token] of tokens.entries()) {
        // Cut where it hurts: within the field and within the line end.
        await model.write(": keep-alive\r\n\r\nevent: delta\r\nda");
        await model.write(`ta: ${token}\r`);
        await model.write("\n\r\n");
        await model.answered(at + 1);
        await reader.receives(token);
      }
      await model.end();
      assert.deepEqual(reader.data, tokens);
      assert.deepEqual(reader.ids, model.ids);
      assert.ok(reader.ids.every((id) => id.startsWith("urn:uuid:")));
      const late = await Subscriber.open(hub, ["chats"], { types: ["delta"], lastEventId: model.ids[1] });
      t.after(() => late.close());
      await late.receives("[DONE]");
      assert.deepEqual(late.data, tokens.slice(2));
    });

    test("with keep_ids an event keeps its own id; one without an id gets one", async (t) => {
      const hub = freshHub();
      const reader = await Subscriber.open(hub, ["a"], { types: ["t"] });
      t.after(() => reader.close());
      const body = "id: 1\nevent: t\ndata: one\ndata: two\n\ndata: three\n\nid\ndata: four\n\ndata: half";
      const options = ["-H", `Content-Type: ${EVENT_STREAM}`, "--data-binary", "@-"];
      const answer = await curl(into(hub, "topic=a&keep_ids"), options, body);
      assert.equal(answer.status, 200);
      const answers = answer.body.split("\n").slice(0, -1).map((text) => JSON.parse(text));
      assert.equal(answers.length, 3, "a half event is none");
      assert.deepEqual(answers[0], { id: "1", connections: 1 });
      await reader.receives("four");
      assert.deepEqual(reader.events, [
        { type: "t", data: "one\ntwo", id: "1" },
        { type: "message", data: "three", id: answers[1].id },
        { type: "message", data: "four", id: answers[2].id },
      ]);
      assert.equal(new Set(reader.ids).size, 3);
    });

    test("streams that each count from 1 have ids of the hub's own, behind which readers resume exactly", async (t) => {
      const hub = freshHub();
      const ids = [];
      for (const topic of ["answer/1", "answer/2", "answer/3"]) {
        const model = new StreamedPost(into(hub, `topic=${topic}&topic=answers`), EVENT_STREAM);
        await model.end([1, 2, 3, 4, 5].map((id) => `id: ${id}\nevent: t\ndata: ${topic} ${id}\n\n`).join(""));
        ids.push(...model.ids);
      }
      assert.equal(new Set(ids).size, 15);
      assert.ok(ids.every((id) => id.startsWith("urn:uuid:")));
      for (const [topic, from, count] of [["answer/2", 7, 2], ["answers", 2, 12], ["answers", 12, 2]]) {
        const reader = await Subscriber.open(hub, [topic], { types: ["t"], lastEventId: ids[from] });
        t.after(() => reader.close());
        const last = topic === "answers" ? "answer/3 5" : `${topic} 5`;
        await reader.receives(last);
        assert.deepEqual(reader.ids, ids.slice(from + 1, from + 1 + count));
      }
    });

    test("private events reach nobody without a grant", async (t) => {
      const hub = freshHub();
      const reader = await Subscriber.open(hub, ["*"]);
      t.after(() => reader.close());
      const model = new StreamedPost(into(hub, "topic=a&private"), EVENT_STREAM);
      await model.end("data: secret\n\n");
      assert.equal(model.answers[0].connections, 0);
      await publish(hub, { topic: "a", data: "end" });
      await reader.receives("end");
      assert.deepEqual(reader.data, ["end"]);
    });

    test("without a topic nothing begins", async () => {
      const headers = { "content-type": EVENT_STREAM };
      const response = await fetch(freshHub(), { method: "POST", body: "data: x\n\n", headers });
      assert.equal(response.status, 400);
      assert.equal((await response.json()).field, "topic");
    });

    test("an event that is too large ends the answer with an error, behind those before it", async (t) => {
      const model = new StreamedPost(into(freshHub(), "topic=a"), EVENT_STREAM);
      t.after(() => model.break());
      await model.write("data: x\n\n");
      await model.answered(1);
      model.write(`data: ${"x".repeat((1 << 20) + 1)}\n\ndata: y\n\n`).catch(() => {});
      await model.answered(2);
      assert.deepEqual([model.ids.length, model.answers[1].error.status], [1, 413]);
    });

    test("a stream that breaks off leaves what was answered", async (t) => {
      const hub = freshHub();
      const model = new StreamedPost(into(hub, "topic=a"), EVENT_STREAM);
      await model.write("data: 1\n\ndata: 2\n\ndata: ha");
      await model.answered(2);
      model.break();
      await publish(hub, { topic: "a", data: "end" });
      const reader = await Subscriber.open(hub, ["a"], { lastEventId: "earliest" });
      t.after(() => reader.close());
      await reader.receives("end");
      assert.deepEqual(reader.data, ["1", "2", "end"]);
    });
  });
}
