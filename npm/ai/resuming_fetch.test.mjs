import assert from "node:assert/strict";
import { test } from "node:test";
import { resumingFetch } from "./resuming_fetch.mjs";

const HEADERS = { "content-type": "text/event-stream", "content-location": "/chat/1/stream?answer=a" };
const URL_OF_CHAT = "https://app.example/chat";
const DONE = "data: [DONE]\n\n";
const events = (...texts) => texts.map((text) => `data: ${text}\n\n`).join("");

/** A connection on which no answer comes. */
const UNANSWERED = "unanswered";

/** A stream of these texts, which then ends, fails, or stays open. */
function body(texts, end) {
  return new ReadableStream({
    start(controller) {
      for (const text of texts) controller.enqueue(new TextEncoder().encode(text));
      if (end === "ends") controller.close();
    },
    pull: (controller) => (end === "fails" ? controller.error(new TypeError("network error")) : new Promise(() => {})),
  });
}

/** A connection that gives these texts. */
function connection(texts, { end = "ends", status = 200, headers = HEADERS } = {}) {
  const response = new Response(status === 204 ? null : body(texts, end), { status, headers });
  Object.defineProperty(response, "url", { value: URL_OF_CHAT });
  return response;
}

/** Reads the chat over these connections. Gives what was asked for, and what came: a text, or the error behind a text. */
async function read(connections, { silence = 5_000, init = {}, signal = new AbortController().signal } = {}) {
  const asked = [];
  const fetch = async (url, { method = "GET", headers, signal } = {}) => {
    signal?.throwIfAborted();
    asked.push(`${method} ${url} ${new Headers(headers).get("authorization")}`);
    const next = connections.shift();
    if (next === UNANSWERED) await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    if (next instanceof Error) throw next;
    return next;
  };
  const response = await resumingFetch({ fetch, signal, silence })(URL_OF_CHAT, { method: "POST", ...init });
  let text = "";
  try {
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) text += chunk;
    return { asked, text };
  } catch (error) {
    return { asked, text, error };
  }
}

const AGAIN = "GET https://app.example/chat/1/stream?answer=a null";

test("an answer that is complete is asked for once, whatever its pieces are", async () => {
  const { asked, text } = await read([connection(["da", "ta: 1\n\n: comment\n\ndata", `: 2\r\n\r\n${DONE}data: 3\n\n`], { end: "open" })]);
  assert.deepEqual([asked, text], [["POST https://app.example/chat null"], events("1", "2") + DONE]);
});

for (const end of ["fails", "ends"]) {
  test(`an answer whose connection ${end} before it is complete is read again, and goes on behind what was given`, async () => {
    const connections = [connection([events("1", "2")], { end }), connection([events("1")], { end }), connection([events("1", "2", "3"), DONE])];
    const headers = { authorization: "Bearer a", "content-type": "application/json" };
    const { asked, text } = await read(connections, { init: { headers } });
    const again = AGAIN.replace("null", "Bearer a");
    assert.deepEqual([asked.slice(1), text], [[again, again], events("1", "2", "3") + DONE]);
  });
}

const PASSING = {
  "cannot be reached": new TypeError("fetch failed"),
  "answers 503": connection([], { status: 503 }),
  "answers 429": connection([], { status: 429 }),
};
for (const [what, failure] of Object.entries(PASSING)) {
  test(`a server that ${what} is asked again`, async () => {
    const { asked, text } = await read([connection([events("1")]), failure, connection([events("1"), DONE])]);
    assert.deepEqual([asked.length, text], [3, events("1") + DONE]);
  });
}

const FINAL = {
  "is gone": [connection([], { status: 204 }), /^the answer is not held any more$/],
  "has lost its beginning": [connection([events("2"), DONE]), /^the beginning of the answer is not held any more$/],
  "is refused": [connection([], { status: 403 }), /^the server answers 403$/],
};
for (const [what, [again, expected]] of Object.entries(FINAL)) {
  test(`an answer that ${what} ends with that error`, async () => {
    const { asked, text, error } = await read([connection([events("1")]), again]);
    assert.deepEqual([asked.length, text], [2, events("1")]);
    assert.match(error.message, expected);
  });
}

const BROKEN = '{"type":"error","errorText":"The answer broke off."}';
for (const held of [[], ["1"], ["1", "2"], ["1", "2", "3"]]) {
  test(`an answer that broke off says so when 2 chunks were given and ${held.length} are held`, async () => {
    const { text } = await read([connection([events("1", "2")]), connection([events(...held, BROKEN), DONE])]);
    assert.equal(text, events("1", "2", ...held.slice(2), BROKEN) + DONE);
  });
}

test("an error that was given is not given again", async () => {
  const { text } = await read([connection([events("1", BROKEN)]), connection([events("1", BROKEN, "2"), DONE])]);
  assert.equal(text, events("1", BROKEN, "2") + DONE);
});

test("a resumed answer that is silent is asked for again, and the first one is not", async () => {
  const quick = { silence: 30 };
  const resumed = [connection([events("1")]), UNANSWERED, connection([events("1")], { end: "open" }), connection([events("1", "2"), DONE])];
  assert.equal((await read(resumed, quick)).text, events("1", "2") + DONE);
  const leaving = new AbortController();
  const first = read([connection([events("1")], { end: "open" })], { ...quick, signal: leaving.signal });
  setTimeout(() => leaving.abort(new Error("closed")), 200);
  const { asked, error } = await first;
  assert.deepEqual([asked.length, error.message], [1, "closed"]);
});

test("a reader that leaves ends the connection and asks for no other", async () => {
  const leaving = new AbortController();
  const reading = read([connection([events("1")]), connection([events("1")], { end: "open" })], { init: { signal: leaving.signal } });
  setTimeout(() => leaving.abort(), 100);
  const { asked, error } = await reading;
  assert.equal(error.name, "AbortError");
  assert.ok(asked.length <= 2, `${asked}`);
});

test("an answer without a place of its own server, or that is no stream, is handed on as it is", async () => {
  const foreign = { ...HEADERS, "content-location": "https://other.example/stream" };
  for (const headers of [{ "content-type": "text/event-stream" }, foreign, { ...HEADERS, "content-type": "text/plain" }]) {
    const { asked, text } = await read([connection(["data: 1\n\nrest"], { headers })]);
    assert.deepEqual([asked.length, text], [1, "data: 1\n\nrest"]);
  }
});
