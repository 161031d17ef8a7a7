// What must come within a time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inTime } from "./in_time.mjs";

const FOREVER = 2 ** 31 - 1;
const never = () => assert.fail("it is not late");
const nothing = () => undefined;

test("what comes in time is given, and a failure too", async () => {
  assert.equal(await inTime(Promise.resolve("link"), { within: FOREVER, instead: never, late: never }), "link");
  await assert.rejects(inTime(Promise.reject(new Error("refused")), { within: FOREVER, instead: never, late: never }), /refused/);
});

test("what does not come in time is nothing, and is handed over when it comes", async () => {
  const { promise, resolve } = Promise.withResolvers();
  const late = Promise.withResolvers();
  assert.equal(await inTime(promise, { within: 1, instead: nothing, late: late.resolve }), undefined);
  resolve("link");
  assert.equal(await late.promise, "link");
});

test("what fails behind its time does not matter", async () => {
  const { promise, reject } = Promise.withResolvers();
  assert.equal(await inTime(promise, { within: 1, instead: nothing, late: never }), undefined);
  reject(new Error("refused"));
  await assert.rejects(promise, /refused/);
});

test("what does not come in time may be an error", async () => {
  const instead = () => {
    throw new Error("too late");
  };
  await assert.rejects(inTime(new Promise(() => {}), { within: 1, instead }), /too late/);
});
