// What assistant-ui asks of a ResumableStreamStore: the cases of its own tests of the store in memory, without those about
// a time to live and about its bounds. Each case runs in the Worker, and gives a value.
import { createResumableStreamContext, createResumableAssistantStreamResponse, createResumeAssistantStreamResponse } from "assistant-stream/resumable";

const bytes = (text) => new TextEncoder().encode(text);
const decode = (chunk) => new TextDecoder().decode(chunk);
const never = () => new AbortController().signal;
const drain = async (entries) => (await Array.fromAsync(entries)).map(({ chunk }) => decode(chunk));
const failure = (promise) => promise.then(() => "no error", ({ code, message }) => code ?? message);
const fresh = () => crypto.randomUUID();

/** A stream with these chunks. */
async function filled(store, ...texts) {
  const id = fresh();
  await store.acquire(id);
  for (const text of texts) await store.append(id, bytes(text));
  return id;
}

export const ASSISTANT = {
  "elects one producer for a stream, also of many at once and behind its end": {
    async run(store) {
      const id = fresh();
      const roles = await Promise.all(Array.from({ length: 10 }, () => store.acquire(id)));
      await store.finalize(id, "done");
      return [roles.toSorted().slice(-2), await store.acquire(id), await store.acquire(fresh())];
    },
    expected: [["consumer", "producer"], "consumer", "producer"],
  },
  "replays what is there, goes on with what comes, and ends when it is finalized": {
    async run(store) {
      const id = await filled(store, "hello ", "world");
      const reading = drain(store.read(id, "", never()));
      await store.append(id, bytes("!"));
      await store.finalize(id, "done");
      return reading;
    },
    expected: ["hello ", "world", "!"],
  },
  "keeps any bytes, and gives each reader its own": {
    async run(store) {
      const id = fresh();
      const chunk = Uint8Array.from({ length: 256 }, (_, index) => index);
      await store.acquire(id);
      await store.append(id, chunk);
      await store.append(id, new Uint8Array());
      await store.finalize(id, "done");
      chunk[0] = 9;
      const [first, empty] = await Array.fromAsync(store.read(id, "", never()));
      first.chunk[1] = 9;
      const [again] = await Array.fromAsync(store.read(id, "", never()));
      return [again.chunk.every((byte, index) => byte === index), again.chunk.length, empty.chunk.length];
    },
    expected: [true, 256, 0],
  },
  "goes from missing over streaming to done or error": {
    async run(store) {
      const [id, other] = [fresh(), fresh()];
      const seen = [await store.status(id)];
      await Promise.all([store.acquire(id), store.acquire(other)]);
      seen.push(await store.status(id));
      await store.finalize(id, "done");
      await store.finalize(other, "error", "boom");
      return [...seen, await store.status(id), await store.status(other)];
    },
    expected: ["missing", "streaming", "done", "error"],
  },
  "read throws the error behind the last chunk, unless its reader has left": {
    async run(store) {
      const id = await filled(store, "partial");
      await store.finalize(id, "error", "boom");
      const seen = [];
      const leaving = new AbortController();
      const read = async (signal, leave) => {
        for await (const { chunk } of store.read(id, "", signal)) {
          seen.push(decode(chunk));
          leave?.();
        }
      };
      return [await failure(read(never())), await failure(read(leaving.signal, () => leaving.abort())), seen];
    },
    expected: ["boom", "no error", ["partial", "partial"]],
  },
  "a cursor skips what was read": {
    async run(store) {
      const id = await filled(store, "1", "2", "3");
      await store.finalize(id, "done");
      const [first] = await Array.fromAsync(store.read(id, "", never()));
      return drain(store.read(id, first.cursor, never()));
    },
    expected: ["2", "3"],
  },
  "gives each reader what comes, and one that leaves takes nothing from the others": {
    async run(store) {
      const id = await filled(store, "x");
      const leaving = new AbortController();
      const [a, b] = [store.read(id, "", leaving.signal), store.read(id, "", never())].map((entries) => entries[Symbol.asyncIterator]());
      await Promise.all([a.next(), b.next()]);
      const [cancelled, continuing] = [a.next(), b.next()];
      leaving.abort();
      const { done } = await cancelled;
      await store.append(id, bytes("y"));
      const { value } = await continuing;
      await store.finalize(id, "done");
      return [done, decode(value.chunk), (await b.next()).done];
    },
    expected: [true, "y", true],
  },
  "refuses chunks behind the end, of a stream that is missing, and a name that is none": {
    async run(store) {
      const id = await filled(store);
      await store.finalize(id, "done");
      const missing = await failure(store.append("never", bytes("x")));
      return [await failure(store.append(id, bytes("late"))), missing, await failure(store.acquire("no name")), await failure(drain(store.read("never", "", never())))];
    },
    expected: ["finalized", "Stream not found: never", "invalid-id", "Stream not found: never"],
  },
  "is finalized once, and a stream that is missing never": {
    async run(store) {
      const id = await filled(store);
      return [await store.finalize(id, "done"), await store.finalize(id, "error", "late"), await store.status(id), await failure(store.finalize("never", "done"))];
    },
    expected: [true, false, "done", "Stream not found: never"],
  },
  "delete ends readers, and the stream is missing until it begins again": {
    async run(store) {
      const id = await filled(store, "x");
      const reading = store.read(id, "", never())[Symbol.asyncIterator]();
      const { value } = await reading.next();
      const next = reading.next();
      await store.delete(id);
      await store.delete(id);
      const seen = [decode(value.chunk), (await next).done, await store.status(id), await store.acquire(id)];
      await store.append(id, bytes("fresh"));
      await store.finalize(id, "done");
      return [...seen, await drain(store.read(id, "", never()))];
    },
    expected: ["x", true, "missing", "producer", ["fresh"]],
  },
  "keeps a superseded producer out of a stream that was acquired again": {
    async run(store) {
      const id = fresh();
      const a = await store.acquireLease(id);
      await store.append(id, bytes("before"), a.lease);
      await store.delete(id);
      const b = await store.acquireLease(id);
      const third = await store.acquireLease(id);
      await store.append(id, bytes("fresh"), b.lease);
      const stale = [await failure(store.append(id, bytes("stale"), a.lease)), await store.finalize(id, "done", undefined, a.lease), await store.status(id)];
      const ended = [await store.finalize(id, "done", undefined, b.lease), await store.finalize(id, "done", undefined, b.lease)];
      return [a.role, b.role, third.role, ...stale, ...ended, await drain(store.read(id, "", never()))];
    },
    expected: ["producer", "producer", "consumer", "missing", false, "streaming", true, false, ["fresh"]],
  },
  "ten consumers of assistant-ui's own response see the same bytes": {
    async run(store) {
      const [context, streamId] = [createResumableStreamContext({ store }), fresh()];
      const text = `${Array.from({ length: 256 }, (_, index) => String.fromCodePoint(index)).join("")} 🌍`;
      const produced = await createResumableAssistantStreamResponse({
        context,
        streamId,
        callback: async (controller) => {
          for (let index = 0; index < 20; index += 1) {
            controller.appendText(`chunk-${index} ${text}`);
            await Promise.resolve();
          }
        },
      });
      const consumers = await Promise.all(Array.from({ length: 10 }, async () => (await createResumeAssistantStreamResponse({ context, streamId })).text()));
      const whole = await produced.text();
      const missing = await createResumeAssistantStreamResponse({ context, streamId: fresh() });
      return [whole.includes("chunk-19"), consumers.every((seen) => seen === whole), missing.status];
    },
    expected: [true, true, 404],
  },
};
