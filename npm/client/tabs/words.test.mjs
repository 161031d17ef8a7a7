// What tabs say to each other comes through as it was said; what other scripts say is no word.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Problem } from "../problem.mjs";
import { read, written } from "./words.mjs";

const update = { id: "u1", type: "paid", text: "{}", topics: ["orders/1"] };
const gap = { requested: "u0", first: null, missed: 3 };
const open = { name: "open" };
const WORDS = [
  { kind: "begin", term: 2, from: "", fruitless: 0, state: { name: "connecting" } },
  { kind: "step", term: 2, number: 1, entry: { cursor: "u1", update } },
  { kind: "step", term: 2, number: 2, entry: { cursor: "#1", gap } },
  { kind: "step", term: 2, number: 3, entry: { cursor: "#2" } },
  { kind: "state", term: 2, state: { name: "waiting", until: Infinity, why: "The page is hidden." } },
  { kind: "state", term: 2, state: { name: "closed", why: "ended" } },
  { kind: "answer", term: 2, to: "a", from: "u0", part: { after: 0, entries: [{ cursor: "u1", update }] }, cursor: "u1", cursors: [], state: open },
  { kind: "answer", term: 2, to: "a", from: "u0", part: undefined, cursor: "u1", cursors: ["u1"], state: open },
  { kind: "pong", term: 2, last: 3, state: open },
  { kind: "ask", term: 0, tab: "a", cursor: "" },
  { kind: "ping", term: 0 },
];

for (const word of WORDS) {
  const { kind } = word;
  test(`the word ${kind} is read as it was said: ${JSON.stringify(word).slice(0, 80)}`, () => {
    assert.deepEqual(read(structuredClone(written(word))), word);
  });

  test(`the word ${kind} is no word without one of its members, or with one of another kind: ${JSON.stringify(word).slice(0, 80)}`, () => {
    for (const wrong of spoiled(word)) assert.equal(read(wrong), undefined, JSON.stringify(wrong));
  });
}

test("the problem of a state is a Problem again", () => {
  const problem = new Problem(403, { title: "Forbidden", detail: "Not yours.", field: "topic" }, 2_000);
  const { state } = read(structuredClone(written({ kind: "state", term: 1, state: { name: "closed", why: "refused", problem } })));
  assert.ok(state.problem instanceof Problem);
  assert.deepEqual({ ...state.problem, message: state.problem.message }, { ...problem, message: "Not yours." });
});

test("a problem by a server that is no hub can be said too", () => {
  const document = { title: null, detail: [{ msg: "wrong" }], field: 5 };
  const problem = new Problem(503, /** @type {any} */ (document), 1.5);
  const { state } = read(structuredClone(written({ kind: "state", term: 1, state: { name: "waiting", until: 1, why: "x", problem } })));
  const { status, title, detail, field, retryAfter } = state.problem;
  assert.deepEqual([status, title, detail, field, retryAfter], [503, undefined, undefined, undefined, 2]);
});

describe("what is no word", () => {
  const rubbish = [
    ...[undefined, null, "", "ping", 1, NaN, true, [], {}, new Date(0), new Map()],
    ...[{ kind: "ping" }, { kind: "constructor", term: 1 }, { kind: "__proto__", term: 1 }, { kind: ["ping"], term: 1 }],
    ...[{ kind: "ping", term: -1 }, { kind: "ping", term: 1.5 }, { kind: "ping", term: 2 ** 60 }, { kind: "ping", term: "1" }],
    { kind: "state", term: 1, state: { name: "closed", why: "closed" } },
    { kind: "step", term: 1, number: 1, entry: { cursor: "a", update: { id: "a", type: "t", text: "", topics: [1] } } },
    { kind: "answer", term: 1, to: "a", from: "b", part: { after: 0, entries: [null] }, cursor: "", cursors: [], state: open },
  ];
  for (const data of rubbish) {
    test(`is undefined: ${JSON.stringify(data)}`, () => assert.equal(read(data), undefined));
  }
});

test("a word has no members but its own", () => {
  assert.deepEqual(read({ kind: "ping", term: 1, more: 2 }), { kind: "ping", term: 1 });
});

/** The word with each member but `part`, which may be missing, taken away or replaced. */
function spoiled(word) {
  const names = Object.keys(word).filter((name) => name !== "part");
  return names.flatMap((name) => [{ ...word, [name]: undefined }, { ...word, [name]: Symbol.iterator }, { ...word, [name]: -1 }]);
}
