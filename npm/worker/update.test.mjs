// The values that a call is given.
import assert from "node:assert/strict";
import { test } from "node:test";
import { publishEach } from "./publications.mjs";
import { readCall, toPortable } from "./update.mjs";

class Order {
  topic = "orders/1";
  get private() {
    return true;
  }
}

test("an update is passed on as plain members, with inherited ones, and its data as a text", () => {
  assert.deepEqual(toPortable(new Order()), { topic: "orders/1", private: true });
  const all = { topic: ["a", "b"], data: { a: [1] }, id: "1", type: "t", retry: 500, private: false };
  assert.deepEqual(toPortable(all), { ...all, data: '{"a":[1]}' });
  assert.deepEqual(toPortable({ topic: "a", data: undefined, private: undefined }), { topic: "a" });
});

const cycle = {};
cycle.cycle = cycle;
const WRONG = {
  private: [() => true, NaN, null, Symbol("s"), "true", 1, new Boolean(true)],
  topic: [1, 1n, null, cycle, new Date(0), ["a", 1], {}],
  id: [Symbol("s"), 1, null],
  type: [() => "t", {}],
  retry: [NaN, Infinity, "5", null],
  data: [Symbol("s"), () => {}, 1n, cycle, Promise.resolve("a")],
};
for (const [member, values] of Object.entries(WRONG)) {
  for (const [at, value] of values.entries()) {
    test(`${member} of a wrong kind (${at + 1}) is refused, and never published as something else`, async () => {
      const update = { topic: "a", [member]: value };
      assert.throws(() => toPortable(update), ({ name, status, field, message }) => name === "HubError" && status === 400 && field === member && message.startsWith(member));
      const [{ error }] = await publishEach([update], () => assert.fail("nothing is sent"));
      assert.deepEqual([error.status, error.field], [400, member]);
    });
  }
}

test("a member that cannot be read, and a text that is too long, are told before anything is sent", () => {
  const throwing = { topic: "a", get data() { throw new Error("deliberate"); } };
  assert.throws(() => toPortable(throwing), { status: 400, field: "data", message: /cannot be read.*deliberate/ });
  assert.throws(() => toPortable({ topic: "a", data: "x".repeat(1_048_577) }), { status: 413 });
});

test("each place of a list has its answer, also a hole", async () => {
  const answers = await publishEach(new Array(2), () => assert.fail("nothing is sent"));
  assert.deepEqual(answers.map(({ error }) => error.field), ["update", "update"]);
});

test("options of a call that are misspelt are named", () => {
  assert.deepEqual(readCall(undefined, ["hub"]), {});
  assert.throws(() => readCall({ idempotencykey: "1" }, ["hub", "idempotencyKey"]), { status: 400, field: "idempotencykey", message: /the members are hub, idempotencyKey/ });
  assert.throws(() => readCall(null, ["hub"]), { status: 400, field: "options", message: /the options are null/ });
});
