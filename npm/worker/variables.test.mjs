// The variables of the hub, among the bindings of a Worker.
import assert from "node:assert/strict";
import { test } from "node:test";

/** The module keeps what was declared, so each test takes a new one. */
let count = 0;
const fresh = () => import(`./variables.mjs?${(count += 1)}`);
const ENV = { LOG_LEVEL: "trace", MILLSTREAM_LOG_LEVEL: "debug", MILLSTREAM_HUBS: { news: {} } };

test("with a prefix the hub sees its own variables alone, without the prefix", async () => {
  const { declare, variablesIn } = await fresh();
  declare("MILLSTREAM_");
  assert.deepEqual(variablesIn(ENV), { LOG_LEVEL: "debug", HUBS: { news: {} } });
  assert.equal(variablesIn(ENV), variablesIn(ENV), "the settings are read once for an object");
});

test("without a prefix the hub sees the bindings as they are", async () => {
  const { declare, variablesIn } = await fresh();
  declare("");
  assert.equal(variablesIn(ENV), ENV);
});

test("an object has the variables, whatever the bindings have", async () => {
  const { declare, variablesIn } = await fresh();
  declare({ HEARTBEAT: "7s" });
  assert.deepEqual(variablesIn(ENV), { HEARTBEAT: "7s" });
});

test("a Worker with objects and no hub of its own has variables with the prefix", async () => {
  const { variablesIn } = await fresh();
  assert.deepEqual(variablesIn(ENV), { LOG_LEVEL: "debug", HUBS: { news: {} } });
});

test("two hubs of a Worker have the same variables, since they have the same objects", async () => {
  const { declare } = await fresh();
  declare("A_");
  declare("A_");
  assert.throws(() => declare("B_"), /called twice with different variables; give both calls the same/);
});
