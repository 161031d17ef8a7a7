// README: begin durability
// The delivery log of TanStack AI in a hub: a run is a topic, and the offset of a chunk is the id of its update.
import { resolveResumeRunId } from "@tanstack/ai";
import { subscribe } from "millstream/client";

/** Of a URL that a reader is given, only the query counts. */
const HUB = "https://hub.invalid/";

/** @returns {import("@tanstack/ai").StreamDurability} */
export function hubDurability(events, env, request) {
  const { searchParams } = new URL(request.url);
  const resumed = request.headers.get("last-event-id") ?? searchParams.get("offset");
  // An offset names its run, since a client that comes back may send nothing else.
  const run = runIn(resumed) ?? resolveResumeRunId(request) ?? crypto.randomUUID();
  const topic = `runs/${encodeURIComponent(run)}`;
  const fetch = events.reader(env);
  const offsetOf = (id) => `${encodeURIComponent(run)}:${id}`;
  const entryOf = ({ id, data }) => ({ offset: offsetOf(id), chunk: JSON.parse(data) });

  return {
    resumeFrom: () => resumed,

    async append(chunks) {
      const answers = await events.publishMany(env, chunks.map((data) => ({ topic, data, private: true })));
      const refused = answers.find(({ error }) => error !== undefined);
      if (refused !== undefined) throw new Error(`the hub has not taken a chunk: ${refused.error.detail}`);
      return answers.map(({ id }) => offsetOf(id));
    },

    async *read(offset, signal) {
      const { state, last } = await events.status(env, topic);
      if (state === "absent") throw new Error(`there is no run ${run}`);
      const lastEventId = { "-1": "earliest", now: last }[offset] ?? idIn(offset);
      const reading = new AbortController();
      const gone = () => reading.abort();
      const onGap = () => reading.abort(new Error(`the chunks behind ${offset} are not held any more`));
      signal?.addEventListener("abort", gone);
      if (signal?.aborted) gone();
      try {
        for await (const update of subscribe(HUB, { topics: topic, lastEventId, fetch, signal: reading.signal, onGap })) yield entryOf(update);
      } finally {
        signal?.removeEventListener("abort", gone);
      }
      if (reading.signal.aborted && reading.signal.reason.name !== "AbortError") throw reading.signal.reason;
    },

    async close() {
      await events.close(env, topic, { private: true });
    },

    async snapshot() {
      const answer = await fetch(`${HUB}?${new URLSearchParams({ topic, live: "false" })}`, { headers: { accept: "application/json" } });
      if (answer.status === 204) return [];
      const { updates } = await answer.json();
      return updates.map(entryOf);
    },
  };
}

/** The run of an offset that is one of ours. */
function runIn(offset) {
  const [, run] = /^([^:]+):.+/.exec(offset ?? "") ?? [];
  return run && decodeURIComponent(run);
}

function idIn(offset) {
  return offset.slice(offset.indexOf(":") + 1);
}
// README: end durability
