import assert from "node:assert/strict";
import { test } from "node:test";
import { Selection } from "./selection.mjs";

const HUB = "https://example.com/events";
const START = { id: "", isFirst: true };
const LONG = Array.from({ length: 90 }, (_, index) => `https://example.com/orders/${index}`);

test("topics are asked for in the URL, in the dialect that has templates", () => {
  const ask = new Selection(HUB, { topics: ["orders/{id}", "news"] }).ask(START);
  assert.deepEqual(ask, { url: `${HUB}?topic=orders%2F%7Bid%7D&topic=news`, method: "GET" });
});

test("one topic needs no list, and a URL keeps its query", () => {
  assert.equal(new Selection(`${HUB}?tenant=7`, { topics: "news" }).ask(START).url, `${HUB}?tenant=7&topic=news`);
});

test("the first request begins at an id, and the next one comes back to it", () => {
  const topics = new Selection(HUB, { topics: "news" });
  assert.equal(topics.ask({ id: "earliest", isFirst: true }).url, `${HUB}?topic=news&lastEventID=earliest`);
  assert.equal(topics.ask({ id: "#1", isFirst: false }).url, `${HUB}?topic=news&lastEventId=%231`);
  assert.equal(new Selection(HUB, { match: { exact: ["news"] } }).ask({ id: "a", isFirst: true }).url, `${HUB}?match_exact=news&last_event_id=a`);
});

test("a long selection of matchers is the body of a QUERY, and its id stays in the URL", () => {
  const ask = new Selection(HUB, { match: { exact: LONG, urlpattern: ["/books/:id"] } }).ask({ id: "a", isFirst: false });
  assert.equal(ask.method, "QUERY");
  assert.equal(ask.url, `${HUB}?lastEventId=a`);
  assert.deepEqual(ask.body.getAll("match_exact"), LONG);
  assert.equal(new Selection(HUB, { topics: LONG }).ask(START).method, "GET", "0.x has no QUERY");
});

test("a selection of nothing, or of both kinds, is refused", () => {
  for (const wrong of [{}, { topics: [] }, { match: {} }, { topics: "a", match: { exact: ["a"] } }]) {
    assert.throws(() => new Selection(HUB, wrong), TypeError);
  }
  assert.throws(() => new Selection("/events", { topics: "a" }), /"\/events", must be absolute/);
});
