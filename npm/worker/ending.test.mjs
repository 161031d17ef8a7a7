// The values of the calls about the end of a topic.
import assert from "node:assert/strict";
import { test } from "node:test";
import { closing, pipeOptions, stopReason, topicIn, topicsIn } from "./ending.mjs";

const refuses = (field, message) => ({ name: "HubError", status: 400, field, message });

test("a closing has its topics, a reason, and no update", () => {
  assert.deepEqual(closing("a"), { topic: "a", close: "done" });
  assert.deepEqual(closing(["a", "b"], { reason: "broken", private: true }), { topic: ["a", "b"], close: "broken", private: true });
});

test("a topic that is none is refused by each call, before anything is sent", () => {
  for (const topic of [undefined, null, "", 1, {}, []]) {
    for (const read of [topicIn, topicsIn, closing]) assert.throws(() => read(topic), refuses("topic", /^topic is /));
  }
  for (const topics of [["a", ""], ["a", 1]]) assert.throws(() => topicsIn(topics), refuses("topic", /it must be a topic such as "chat\/1"/));
  assert.throws(() => topicIn(["a"]), refuses("topic", /^topic is a list/));
});

test("a reason, an option or a privacy that is wrong is named with what would be right", () => {
  assert.throws(() => closing("a", { reason: "finished" }), refuses("reason", 'reason is "finished"; it must be "done" or "broken"'));
  assert.throws(() => closing("a", { reason: "x".repeat(100) }), refuses("reason", /^reason is a string;/));
  assert.throws(() => closing("a", { reson: "done" }), refuses("reson", /the members are reason, private/));
  assert.throws(() => closing("a", { private: "yes" }), refuses("private", /true or false/));
  assert.throws(() => pipeOptions({ fresh: 1 }), refuses("fresh", "fresh is a number; it must be true or false"));
  assert.throws(() => pipeOptions({ private: "true" }), refuses("private", /true or false/));
  assert.throws(() => stopReason({ reason: "late" }), refuses("reason", "reason is an object; it must be a text"));
  assert.deepEqual([stopReason(), stopReason("late")], ["", "late"]);
});
