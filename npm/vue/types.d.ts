// The types of millstream/vue.

import type { ComputedRef, MaybeRefOrGetter } from "vue";
import type { Stream, StreamOptions } from "../client/hooks.d.ts";
import type { AnyEvents, Url } from "../client/types.d.ts";

/** The values of a stream, each as a ref that only the stream changes. */
export type StreamRefs<Data = any> = { readonly [Part in keyof Stream<Data>]: ComputedRef<Stream<Data>[Part]> };

/** Gives the values of a stream. */
export interface UseStream {
  /**
   * Reads a stream until the component is unmounted, or the effect scope is stopped. Without a URL, or on a server, it
   * connects to nothing. Both arguments may be refs or getters: another URL or selection begins another stream.
   *
   * ```ts
   * const HUB = "/events" as HubUrl<{ "orders/{id}": Order }>;
   * const { updates, state } = useStream(HUB, { topics: "orders/{id}", json: true });
   * ```
   */
  <Events extends object = AnyEvents, Selector extends keyof Events & string = keyof Events & string>(
    url: MaybeRefOrGetter<Url<Events> | null | undefined>,
    options: MaybeRefOrGetter<StreamOptions<Events[Selector], Selector> & { json: true }>,
  ): StreamRefs<Events[Selector]>;
  /** Without the option `json` the data is text. */
  <Events extends object = AnyEvents, Selector extends keyof Events & string = keyof Events & string>(
    url: MaybeRefOrGetter<Url<Events> | null | undefined>,
    options: MaybeRefOrGetter<StreamOptions<string, Selector> & { json?: false }>,
  ): StreamRefs<string>;
}
