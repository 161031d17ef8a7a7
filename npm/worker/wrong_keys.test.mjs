import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { WrongKeys } from "./wrong_keys.mjs";

const MOST = 10;
const from = (address) => ({ cf: { colo: "AMS" }, headers: new Headers({ "cf-connecting-ip": address }) });
const unknown = { headers: new Headers({ "cf-connecting-ip": "192.0.2.1" }) };

function tried(keys, request, times) {
  for (let at = 0; at < times; at += 1) keys.add(request, MOST);
  return keys.bars(request);
}

test("an address is barred by its last wrong key of a minute, until that minute is over", (t) => {
  mock.timers.enable({ apis: ["Date"] });
  t.after(() => mock.timers.reset());
  const keys = new WrongKeys();
  assert.equal(keys.bars(from("192.0.2.1")), false);
  assert.equal(tried(keys, from("192.0.2.1"), MOST - 1), false);
  mock.timers.tick(59_999);
  assert.equal(tried(keys, from("192.0.2.1"), 1), true);
  assert.equal(keys.bars(from("192.0.2.2")), false);
  mock.timers.tick(1);
  assert.equal(keys.bars(from("192.0.2.1")), false);
  assert.equal(tried(keys, from("192.0.2.1"), MOST - 1), false);
  assert.equal(tried(keys, from("192.0.2.1"), 1), true);
});

test("a network of IPv6 is one address, however it is written", () => {
  const keys = new WrongKeys();
  for (const address of ["2001:db8::1", "2001:db8:0:0:1::", "2001:0db8:0000:0000:ffff:0:0:1", "2001:DB8::"]) tried(keys, from(address), 3);
  assert.equal(keys.bars(from("2001:db8::2")), true);
  assert.equal(keys.bars(from("2001:db8:0:1::2")), false);
  tried(keys, from("::ffff:192.0.2.1"), MOST);
  assert.equal(keys.bars(from("::ffff:192.0.2.2")), false);
  assert.equal(keys.bars(from("::1")), false);
});

test("clients without a known address share one, which bars no other", () => {
  const keys = new WrongKeys();
  assert.equal(tried(keys, unknown, MOST), true);
  assert.equal(keys.bars({ headers: new Headers() }), true);
  assert.equal(keys.bars(from("192.0.2.1")), false);
});

test("of more than a thousand addresses the one that began first is forgotten", () => {
  const keys = new WrongKeys();
  const address = (at) => from(`10.0.${at >> 8}.${at & 255}`);
  for (let at = 0; at < 1_000; at += 1) tried(keys, address(at), MOST);
  assert.equal(keys.bars(address(0)), true);
  tried(keys, address(1_000), 1);
  assert.equal(keys.bars(address(0)), false);
  assert.equal(keys.bars(address(1)), true);
});
