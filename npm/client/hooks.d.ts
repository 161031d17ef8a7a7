// The types that millstream/react, millstream/vue and millstream/svelte share: how a hook reads a stream, and what it gives.

import type { Gap, ReadOptions, Selection, State, SubscribeOptions, Subscription, Update } from "./types.d.ts";

/** The values of a hook. Each change makes a new object, so parts may be compared with `===`. */
export interface Stream<Data = any> {
  /** The state of the stream. */
  readonly state: State;
  /** The last update, or null. */
  readonly update: Update<Data> | null;
  /** The last `maxUpdates` updates, the oldest first. */
  readonly updates: readonly Update<Data>[];
  /** The last gap, or null. After a gap updates are missing, so fetch the whole state again. */
  readonly gap: Gap | null;
}

/** How a hook reads a stream. */
export interface StreamReadOptions<Data = any> extends Omit<ReadOptions<Data>, "lastEventId" | "signal"> {
  /** Where to begin: behind the update with this id, or at the `earliest`. By default with what is published from now on. */
  from?: string;
  /** The greatest length of `updates`. A new update then replaces the oldest one. By default 100; `Infinity` keeps all. */
  maxUpdates?: number;
  /** Whether there is a connection. `false` ends it and keeps `updates`; `true` goes on behind the last update. By default true. */
  enabled?: boolean;
  /** Another `subscribe`, such as that of `millstream/client/tabs`. By default that of `millstream/client`. */
  subscribe?: (url: string | URL, options: any) => Subscription;
  /** The name of the reader, or null for public updates. Another one begins another stream. The `subscribe` of `millstream/client/tabs` needs it. */
  user?: string | null;
}

/** The options of a hook. */
export type StreamOptions<Data = any, Selector extends string = string> = Selection<Selector> & StreamReadOptions<Data>;
