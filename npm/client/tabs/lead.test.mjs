// A tab that leads: what it says, and when it stops.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Problem } from "../problem.mjs";
import { Tab } from "./tab.mjs";

const open = { name: "open" };
const entry = (id) => ({ cursor: id, update: { id, type: "message", text: id } });

/** A tab, and what it does in its world: words that it posts, and the names of other deeds. */
function tabAt(cursor) {
  const world = { said: [], done: [], streams: [], time: 0, told: [], states: [] };
  const deed = (name) => () => void world.done.push(name);
  world.tab = new Tab({ id: "me", cursor }, {
    post: (word) => world.said.push(word),
    open: (from, sink) => {
      const stream = { from, isOpen: true, ...sink };
      world.streams.push(stream);
      return () => void (stream.isOpen = false);
    },
    ...Object.fromEntries(["queue", "steal", "release", "handOver"].map((name) => [name, deed(name)])),
    clock: () => 1_000,
    now: () => world.time,
  }, { entry: ({ cursor }) => world.told.push(cursor), state: (state) => world.states.push(state) });
  return world;
}

function leaderAt(cursor) {
  const world = tabAt(cursor);
  world.tab.granted();
  world.streams[0].state(open);
  world.said.length = 0;
  return world;
}

describe("a tab with the lead", () => {
  test("opens one stream behind its cursor, tells the others of it, and reads it too", () => {
    const world = tabAt("a");
    world.tab.granted();
    world.streams[0].state(open);
    world.streams[0].entry(entry("b"));
    assert.deepEqual(world.streams.map(({ from }) => from), ["a"]);
    assert.deepEqual(world.said.map(({ kind, term }) => [kind, term]), [["begin", 1_000], ["state", 1_000], ["step", 1_000]]);
    assert.deepEqual([world.told, world.states.at(-1)], [["b"], open]);
  });

  test("answers questions and pings of the others", () => {
    const { tab, said } = leaderAt("a");
    tab.hear({ kind: "ask", term: 0, tab: "you", cursor: "a" });
    tab.hear({ kind: "ping", term: 1_000 });
    assert.deepEqual(said.map(({ kind, to, last }) => [kind, to ?? last]), [["answer", "you"], ["pong", 0]]);
  });

  test("closes its stream when another tab took the lead, waits in the queue, and tells no more of that stream", () => {
    const { tab, streams, said, done, told } = leaderAt("a");
    tab.lost();
    streams[0].entry(entry("b"));
    streams[0].state({ name: "connecting" });
    assert.deepEqual([streams[0].isOpen, said, done, told], [false, [], ["queue"], []]);
  });

  test("gives it up when it hears of a later leader, and leads in a later term the next time", () => {
    const { tab, streams, said, done } = leaderAt("a");
    tab.hear({ kind: "ping", term: 2_000 });
    assert.deepEqual([streams[0].isOpen, done, said], [false, ["release", "queue"], []]);
    tab.granted();
    assert.equal(said[0].term, 2_001);
  });

  test("ends for all tabs when the hub refuses", () => {
    const { tab, streams, said, done, states } = leaderAt("a");
    const closed = { name: "closed", why: "refused", problem: new Problem(403, null) };
    streams[0].state(closed);
    assert.deepEqual([said.map(({ state }) => state), states.at(-1), done], [[closed], closed, ["release"]]);
    tab.join();
    tab.granted();
    assert.equal(streams.length, 1, "it is over for good");
  });

  test("asks for another leader when it has no connection, and not when the hub has answered", () => {
    const waiting = { name: "waiting", until: 0, why: "The hub cannot be reached." };
    for (const [state, deeds] of [[waiting, ["handOver"]], [{ ...waiting, problem: new Problem(503, null) }, []]]) {
      const world = leaderAt("a");
      world.streams[0].state(state);
      world.time = 20_000;
      world.tab.tick();
      assert.deepEqual(world.done, deeds);
    }
  });
});

describe("a tab without the lead", () => {
  const begin = { kind: "begin", term: 5, from: "a", fruitless: 2, state: { name: "connecting" } };
  test("pings a leader that is silent, and steals from one that is deaf", () => {
    const world = tabAt("a");
    world.tab.hear(begin);
    for (world.time of [5_000, 10_000, 15_000]) world.tab.tick();
    assert.deepEqual([world.said.map(({ kind }) => kind), world.done], [["ping", "ping"], ["steal"]]);
  });

  test("does not take a leader for deaf because it has a stream of its own and asks for nothing", () => {
    const world = tabAt("x");
    world.tab.hear(begin);
    for (world.time of [5_000, 10_000, 15_000, 20_000]) {
      world.tab.tick();
      if (world.said.at(-1)?.kind === "ping") world.tab.hear({ kind: "pong", term: 5, last: 0, state: open });
    }
    assert.deepEqual([world.streams.length, world.done], [1, []]);
  });

  test("takes no answer to another tab", () => {
    const { tab, streams } = tabAt("x");
    tab.hear({ kind: "answer", term: 5, to: "you", from: "y", part: undefined, cursor: "b", cursors: ["b"], state: open });
    assert.equal(streams.length, 0);
  });

  test("tells the state of the stream that it reads, its own or the leader's", () => {
    const waiting = { name: "waiting", until: 0, why: "The connection ended." };
    const { tab, streams, states } = tabAt("x");
    tab.hear(begin);
    streams[0].state(open);
    tab.hear({ kind: "state", term: 5, state: waiting });
    assert.deepEqual(states, [open]);
    streams[0].entry(entry("b"));
    tab.hear({ kind: "step", term: 5, number: 1, entry: entry("b") });
    assert.deepEqual([states.at(-1), streams[0].isOpen], [waiting, false]);
    streams[0].entry(entry("late"));
    streams[0].state(open);
    assert.deepEqual(states.at(-1), waiting);
  });

  test("is not open before it takes what the leader's stream brings", () => {
    const { tab, told, states } = tabAt("");
    tab.hear({ kind: "state", term: 5, state: open });
    assert.deepEqual([told, states], [[], []]);
    tab.hear({ kind: "answer", term: 5, to: "me", from: "", part: { after: 3, entries: [] }, cursor: "p", cursors: [], state: open });
    assert.deepEqual([told, states], [["p"], [open]]);
  });

  test("counts the leaders that had no stream, until one has", () => {
    const fruitless = (...words) => {
      const { tab, said } = tabAt("a");
      for (const word of [begin, ...words]) tab.hear(word);
      tab.granted();
      return said.find(({ kind }) => kind === "begin").fruitless;
    };
    assert.deepEqual([fruitless(), fruitless({ kind: "state", term: 5, state: open })], [3, 0]);
  });

  test("closes its streams and lets the lock go when its page is left", () => {
    const { tab, streams, done } = tabAt("x");
    tab.hear(begin);
    tab.leave();
    assert.deepEqual([streams[0].isOpen, done], [false, ["release"]]);
  });
});
