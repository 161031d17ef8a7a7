// What TanStack AI asks of a StreamDurability, by the words of its interface. Each case runs in the Worker, and gives a value.
import { EventType, replayRunStream, resumeServerSentEventsResponse, toServerSentEventsResponse } from "@tanstack/ai";

const chunk = (delta) => ({ type: EventType.TEXT_MESSAGE_CONTENT, messageId: "m", delta, timestamp: 1 });
const ask = (run, headers = {}, query = "") => new Request(`https://app.example/chat${query}`, { headers: { ...(run && { "x-run-id": run }), ...headers } });
const deltas = async (entries) => (await Array.fromAsync(entries)).map(({ chunk }) => chunk.delta);
const failure = (promise) => promise.then(() => "no error", (error) => error.message);
const fresh = () => crypto.randomUUID();

/** A run of the model: N chunks, and then its end. */
async function* model(count) {
  yield { type: EventType.RUN_STARTED, runId: "r", threadId: "t", timestamp: 1 };
  for (let index = 0; index < count; index += 1) yield chunk(`${index} `);
  yield { type: EventType.RUN_FINISHED, runId: "r", threadId: "t", timestamp: 1 };
}

/** The ids and deltas of an event stream. */
function eventsIn(text) {
  return Array.from(text.matchAll(/id: (.*)\ndata: (.*)\n\n/g), ([, id, data]) => ({ id, delta: JSON.parse(data).delta }));
}

export const TANSTACK = {
  "append gives one offset for each chunk, and read goes on strictly after each": {
    async run(durability) {
      const log = durability(ask(fresh()));
      const offsets = await log.append([chunk("a"), chunk("b")]);
      offsets.push(...(await log.append([chunk("c")])));
      await log.close();
      const read = await Promise.all(["-1", ...offsets].map(async (offset) => (await deltas(log.read(offset))).join("")));
      const { offset } = (await Array.fromAsync(log.read("-1")))[1];
      return { different: new Set(offsets).size, read, same: offset === offsets[1] };
    },
    expected: { different: 3, read: ["abc", "bc", "c", ""], same: true },
  },
  "read goes on while chunks are appended, ends on close, and not before at the end of a run": {
    async run(durability) {
      const log = durability(ask(fresh()));
      await log.append([chunk("a"), { type: EventType.RUN_FINISHED, runId: "r", threadId: "t" }]);
      const reading = deltas(log.read("-1"));
      await log.append([chunk("b")]);
      await log.close();
      await log.close();
      return reading;
    },
    expected: ["a", undefined, "b"],
  },
  "now begins behind what is there": {
    async run(durability) {
      const log = durability(ask(fresh()));
      await log.append([chunk("a")]);
      const reading = log.read("now")[Symbol.asyncIterator]();
      const next = reading.next();
      // The reader is there when the hub has its connection: a chunk behind it is read in any case.
      await log.append([chunk("b")]);
      const { value } = await next;
      await reading.return();
      return value.chunk.delta;
    },
    expected: "b",
  },
  "read ends without an error when its signal is aborted": {
    async run(durability) {
      const log = durability(ask(fresh()));
      await log.append([chunk("a")]);
      const leaving = new AbortController();
      const seen = [];
      for await (const { chunk } of log.read("-1", leaving.signal)) {
        seen.push(chunk.delta);
        leaving.abort();
      }
      return seen;
    },
    expected: ["a"],
  },
  "a run that never was cannot be read, and its snapshot is empty": {
    async run(durability) {
      const log = durability(ask("never"));
      return { read: await failure(Array.fromAsync(log.read("-1"))), snapshot: await log.snapshot() };
    },
    expected: { read: "there is no run never", snapshot: [] },
  },
  "snapshot gives what is stored while the run is open, and does not wait": {
    async run(durability) {
      const log = durability(ask(fresh()));
      const offsets = await log.append([chunk("a"), chunk("b")]);
      const before = await log.snapshot();
      before.push("mine");
      await log.append([chunk("c")]);
      const after = await log.snapshot();
      return { before: before.slice(0, 2).map(({ offset }) => offset === offsets.shift()), after: after.map(({ chunk }) => chunk.delta) };
    },
    expected: { before: [true, true], after: ["a", "b", "c"] },
  },
  "a run that is closed takes no chunk": {
    async run(durability) {
      const log = durability(ask(fresh()));
      await log.append([chunk("a")]);
      await log.close();
      return /^the hub has not taken a chunk: /.test(await failure(log.append([chunk("late")])));
    },
    expected: true,
  },
  "a response of TanStack AI is read again behind any of its ids, by a client that sends nothing else": {
    async run(durability) {
      const first = toServerSentEventsResponse(model(40), { durability: { adapter: durability(ask(fresh())) } });
      const sent = eventsIn(await first.text());
      const middle = sent.findIndex(({ delta }) => delta === "20 ");
      const again = resumeServerSentEventsResponse({ adapter: durability(ask(undefined, { "last-event-id": sent[middle].id })) });
      const rest = eventsIn(await again.text());
      return { count: sent.length, isRest: JSON.stringify(rest) === JSON.stringify(sent.slice(middle + 1)) };
    },
    // The run is accepted, started and finished.
    expected: { count: 43, isRest: true },
  },
  "the routes send a chunk before the model writes the next one, and go on behind its id": {
    async run(_durability, routes) {
      const seen = Promise.withResolvers();
      const write = async function* () {
        yield { type: EventType.RUN_STARTED, runId: "r", threadId: "t", timestamp: 1 };
        yield chunk("a ");
        await seen.promise;
        yield chunk("b");
        yield { type: EventType.RUN_FINISHED, runId: "r", threadId: "t", timestamp: 1 };
      };
      const route = (request) => routes(request, write);
      const asked = { method: "POST", headers: { "x-run-id": fresh() }, body: JSON.stringify({ messages: [] }) };
      const answer = await route(new Request("https://app.example/chat", asked));
      let text = "";
      for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
        text += part;
        if (text.includes('"a "')) seen.resolve();
      }
      const { id } = eventsIn(text).find(({ delta }) => delta === "a ");
      const behind = [new Request(`https://app.example/chat?offset=${encodeURIComponent(id)}`), ask(undefined, { "last-event-id": id })];
      const rests = await Promise.all(behind.map(async (request) => eventsIn(await (await route(request)).text())));
      return [eventsIn(text), ...rests].map((events) => events.map(({ delta }) => delta ?? "").join(""));
    },
    expected: ["a b", "b", "b"],
  },
  "a run is replayed from its start by its name alone": {
    async run(durability) {
      const run = fresh();
      await toServerSentEventsResponse(model(3), { durability: { adapter: durability(ask(run)) } }).text();
      const chunks = await Array.fromAsync(replayRunStream(durability(ask(undefined, {}, `?runId=${run}&offset=-1`))));
      return chunks.map(({ delta }) => delta).join("");
    },
    expected: "0 1 2 ",
  },
};
