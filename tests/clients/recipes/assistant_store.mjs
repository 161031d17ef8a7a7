// README: begin store
// The resumable streams of assistant-ui in a hub: a stream is a topic, and a cursor is the id of an update.
import { ResumableStreamError } from "assistant-stream/resumable";
import { subscribe } from "millstream/client";

/** Of a URL that a reader is given, only the query counts. */
const HUB = "https://hub.invalid/";
/** The type of the update that says how a stream has ended. */
const FINAL = "final";

/** @returns {import("assistant-stream/resumable").ResumableStreamStore} */
export function hubStore(events, env) {
  const fetch = events.reader(env);
  const publish = (update) => events.publish(env, { private: true, ...update });

  /** The topic of a stream. A stream that was deleted has another one when it begins again. */
  const topicOf = async (streamId, lease) => {
    if (!/^[A-Za-z0-9_.:-]{1,256}$/.test(streamId)) throw new ResumableStreamError("invalid-id", `Invalid streamId: ${streamId}`);
    return `streams/${streamId}/${lease?.token ?? (await generation(streamId))}`;
  };
  const generation = async (streamId) => (await events.status(env, `streams/${streamId}`)).last ?? "0";
  const isAcquired = async (topic) => (await events.status(env, `${topic}/producer`)).state === "closed";

  const acquireLease = async (streamId) => {
    const topic = await topicOf(streamId);
    // Of all publications that close a topic, the hub takes one: it makes its sender the producer.
    const isFirst = await taken(publish({ topic: `${topic}/producer`, data: "acquired", close: true }));
    return isFirst ? { role: "producer", lease: { token: topic.slice(topic.lastIndexOf("/") + 1) } } : { role: "consumer" };
  };

  return {
    acquireLease,

    async acquire(streamId) {
      return (await acquireLease(streamId)).role;
    },

    async append(streamId, chunk, lease) {
      const topic = await topicOf(streamId, lease);
      if (lease === undefined && !(await isAcquired(topic))) throw new Error(`Stream not found: ${streamId}`);
      if (await taken(publish({ topic, data: chunk.toBase64() }))) return;
      if (lease === undefined || lease.token === (await generation(streamId))) throw new ResumableStreamError("finalized", `Stream already finalized: ${streamId}`);
      throw new ResumableStreamError("missing", `Stream superseded by a new acquisition: ${streamId}`);
    },

    async finalize(streamId, status, error = "Stream errored", lease) {
      const topic = await topicOf(streamId, lease);
      if (!(await isAcquired(topic))) throw new Error(`Stream not found: ${streamId}`);
      return taken(publish({ topic, type: FINAL, data: status === "error" ? { error } : {}, close: status === "error" ? "broken" : true }));
    },

    async *read(streamId, cursor, signal) {
      const topic = await topicOf(streamId);
      if (!(await isAcquired(topic))) throw new Error(`Stream not found: ${streamId}`);
      for await (const { id, type, data } of subscribe(HUB, { topics: topic, lastEventId: cursor || "earliest", fetch, signal })) {
        if (type !== FINAL) yield { cursor: id, chunk: Uint8Array.fromBase64(data) };
        else if (!signal.aborted && "error" in JSON.parse(data)) throw new Error(JSON.parse(data).error);
      }
    },

    async status(streamId) {
      const topic = await topicOf(streamId);
      if (!(await isAcquired(topic))) return "missing";
      const { state, reason } = await events.status(env, topic);
      return state !== "closed" ? "streaming" : reason === "done" ? "done" : "error";
    },

    async delete(streamId) {
      const topic = await topicOf(streamId);
      if (!(await isAcquired(topic))) return;
      await events.close(env, topic, { private: true });
      await publish({ topic: `streams/${streamId}`, data: "deleted" });
    },
  };
}

/** Whether the hub has taken a publication. It refuses one to a closed topic by 409. */
async function taken(publication) {
  try {
    await publication;
    return true;
  } catch (error) {
    if (error.status === 409) return false;
    throw error;
  }
}
// README: end store
