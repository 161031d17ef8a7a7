// The types that millstream/react, millstream/vue and millstream/svelte share: how a stream is read, and what is shown of it.

import type { Gap, ReadOptions, Selection, State, SubscribeOptions, Subscription, Update } from "./types.d.ts";

/** What an interface shows of a stream. It is replaced as a whole and never changed, so parts may be compared with `===`. */
export interface Stream<Data = any> {
  /** What the stream is doing. */
  readonly state: State;
  /** The last update, or null. */
  readonly update: Update<Data> | null;
  /** The last `maxUpdates` updates, the oldest first. */
  readonly updates: readonly Update<Data>[];
  /** The last gap, or null: fetch afresh what the missing updates told. */
  readonly gap: Gap | null;
}

/** How a hook reads a stream. */
export interface StreamReadOptions<Data = any> extends Omit<ReadOptions<Data>, "lastEventId" | "signal"> {
  /** Where to begin: behind the update with this id, or at the `earliest`. By default with what is published from now on. */
  from?: string;
  /** The longest that `updates` becomes; the oldest ones leave it. By default 100. */
  maxUpdates?: number;
  /** Whether the hub is asked for the stream. False closes it and keeps what was received; true goes on behind that. By default true. */
  enabled?: boolean;
  /** Another `subscribe`, such as that of `millstream/client/tabs`. By default that of `millstream/client`. */
  subscribe?: (url: string | URL, options: any) => Subscription;
  /** Who reads, or null for what everybody may read: the `subscribe` of `millstream/client/tabs` needs it. */
  user?: string | null;
}

/** The options of a hook. */
export type StreamOptions<Data = any, Selector extends string = string> = Selection<Selector> & StreamReadOptions<Data>;
