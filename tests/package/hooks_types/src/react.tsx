// Calls of millstream/react that compile, and some that must not.
import { subscribe } from "millstream/client";
import { subscribe as subscribeTogether } from "millstream/client/tabs";
import { useStream, type Gap, type State, type Stream, type StreamOptions, type Update } from "millstream/react";
import { HUB, type Events, type Order } from "./events.js";

export function Orders({ user }: { user: string | undefined }) {
  // The selector says what the data is.
  const orders = useStream(HUB, { topics: "orders/{id}", json: true, onUpdate: ({ data }) => data.total.toFixed() });
  orders satisfies Stream<Order>;
  orders.gap satisfies Gap | null;
  orders.update satisfies Update<Order> | null;
  // A selector may be a pattern of the map.
  useStream(HUB, { topics: `metrics/cpu`, json: true }).update?.data.toFixed();
  // Two selectors give either.
  useStream(HUB, { topics: ["orders/{id}", "news"], json: true }).updates.map(({ data }) => data satisfies Order | string);
  useStream(HUB, { match: { exact: ["news"] }, json: true }).update?.data satisfies string | undefined;
  // Without `json` it is the text.
  useStream(HUB, { topics: "orders/{id}" }).update?.data.length;
  // The map may stand in the call; without a map each selector is right.
  useStream<Events>("/events", { topics: "news", json: true }).update?.data satisfies Order | string | number | undefined;
  useStream("/events", { topics: ["a", "*"], json: true }).update?.data.anything;
  const options: StreamOptions<string, "news"> = { topics: "news", from: "earliest", maxUpdates: 10, enabled: true, subscribe, user: null };
  useStream(user === undefined ? null : HUB, { ...options, json: false });
  useStream(undefined, { topics: "news", token: async () => "token", storage: sessionStorage, onState: (state: State) => state.name });
  useStream(HUB, { topics: "news", subscribe: subscribeTogether, user: "ada" });
  return orders.updates.map(({ id, data }) => <p key={id}>{data.total}</p>);
}

export function Wrong() {
  // @ts-expect-error: the map has no such selector
  useStream(HUB, { topics: "order/{id}", json: true });
  // @ts-expect-error: one of two is wrong
  useStream(HUB, { topics: ["news", "order/{id}"] });
  // @ts-expect-error: nor in the call
  useStream<Events>("/events", { topics: "newz", json: true });
  // @ts-expect-error: an order has no name
  useStream(HUB, { topics: "orders/{id}", json: true }).update?.data.name;
  // @ts-expect-error: without `json` it is a text
  useStream(HUB, { topics: "orders/{id}" }).update?.data.total;
  // @ts-expect-error: nothing is selected
  useStream(HUB, { json: true });
  // @ts-expect-error: a stream ends with its component
  useStream(HUB, { topics: "news", signal: AbortSignal.timeout(1) });
  // @ts-expect-error: the place to begin at is `from`
  useStream(HUB, { topics: "news", lastEventId: "1" });
  // @ts-expect-error: a number of updates is a number
  useStream(HUB, { topics: "news", maxUpdates: "10" });
  // @ts-expect-error: what is shown is not changed
  useStream(HUB, { topics: "news" }).updates.push();
}
