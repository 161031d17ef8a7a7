// What an operator asks of one hub, in words: a part of its figures.
import { FIGURES } from "./metrics/figures.mjs";

/** @import { HubStats } from "./types.d.ts" */

/** The states of a connection that is open. */
const OPEN = ["replaying", "registering", "waiting", "behind"];

/**
 * @param {{ hub: string, since: number, figures: number[] }} told
 * @returns {HubStats}
 */
export function statsOf({ hub, since, figures }) {
  const of = new Map(FIGURES.map((name, at) => [name, figures[at] ?? 0]));
  const figure = (/** @type {string} */ name) => of.get(name) ?? 0;
  const below = (/** @type {string} */ stem) => [...of].filter(([name]) => name.startsWith(stem)).map(([name, count]) => [name.slice(stem.length), count]);
  const open = (/** @type {string} */ transport) => OPEN.reduce((sum, state) => sum + figure(`connections.${transport}.${state}`), 0);
  const links = open("link");
  return {
    hub,
    since,
    connections: open("stream") + links,
    links,
    leaving: figure("connections.stream.leaving"),
    subscribers: figure("subscribers"),
    updates: figure("updates.publication"),
    deliveries: figure("deliveries"),
    history: {
      updates: figure("history.publication.updates"),
      bytes: figure("history.publication.bytes"),
      oldest: figure("history.publication.oldest") || undefined,
    },
    closed: figure("closed"),
    ended: Object.fromEntries(below("ended.")),
    conflated: figure("slow.conflate.left out"),
    memory: {
      bytes: figure("memory.connections") + figure("memory.audiences") + figure("memory.queues"),
      limit: figure("memory.limit"),
    },
    places: { taken: figure("places.taken"), limit: figure("places.limit") },
  };
}
