// The types of millstream/svelte.

import type { Stream, StreamOptions } from "../client/hooks.d.ts";
import type { AnyEvents, Url } from "../client/types.d.ts";

/** A store of Svelte, which only the stream changes. */
export interface StreamReadable<Data = any> {
  /** Calls `run` at once, and after each change. Returns a function that ends it. */
  subscribe(run: (stream: Stream<Data>) => void, invalidate?: () => void): () => void;
}

/** Makes a store of the values of a stream. */
export interface StreamOf {
  /**
   * The stream is open while the store has a subscriber. Without a URL, or on a server, it connects to nothing.
   *
   * ```svelte
   * <script lang="ts">
   *   const HUB = "/events" as HubUrl<{ "orders/{id}": Order }>;
   *   const orders = stream(HUB, { topics: "orders/{id}", json: true });
   * </script>
   *
   * {#each $orders.updates as { id, data } (id)}<p>{data.total}</p>{/each}
   * ```
   */
  <Events extends object = AnyEvents, Selector extends keyof Events & string = keyof Events & string>(
    url: Url<Events> | null | undefined,
    options: StreamOptions<Events[Selector], Selector> & { json: true },
  ): StreamReadable<Events[Selector]>;
  /** Without the option `json` the data is text. */
  <Events extends object = AnyEvents, Selector extends keyof Events & string = keyof Events & string>(
    url: Url<Events> | null | undefined,
    options: StreamOptions<string, Selector> & { json?: false },
  ): StreamReadable<string>;
}
