// The types of millstream/react.

import type { Stream, StreamOptions } from "../client/hooks.d.ts";
import type { AnyEvents, Url } from "../client/types.d.ts";

/** Gives the values of a stream, and renders again when they change. */
export interface UseStream {
  /**
   * Reads a stream while the component is mounted. Without a URL, or on a server, it connects to nothing.
   *
   * ```tsx
   * const HUB = "/events" as HubUrl<{ "orders/{id}": Order }>;
   *
   * function Orders() {
   *   const { updates, state } = useStream(HUB, { topics: "orders/{id}", json: true });
   *   return <ul>{updates.map(({ id, data }) => <li key={id}>{data.total}</li>)}</ul>;
   * }
   * ```
   */
  <Events extends object = AnyEvents, Selector extends keyof Events & string = keyof Events & string>(
    url: Url<Events> | null | undefined,
    options: StreamOptions<Events[Selector], Selector> & { json: true },
  ): Stream<Events[Selector]>;
  /** Without the option `json` the data is text. */
  <Events extends object = AnyEvents, Selector extends keyof Events & string = keyof Events & string>(
    url: Url<Events> | null | undefined,
    options: StreamOptions<string, Selector> & { json?: false },
  ): Stream<string>;
}
