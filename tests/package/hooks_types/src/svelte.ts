// Calls of millstream/svelte that compile, and some that must not.
import { stream, type Stream, type StreamReadable } from "millstream/svelte";
import { derived, get, type Readable } from "svelte/store";
import { HUB, type Order } from "./events.js";

export function right(): void {
  const orders = stream(HUB, { topics: "orders/{id}", json: true, from: "earliest" });
  orders satisfies StreamReadable<Order>;
  orders satisfies Readable<Stream<Order>>;
  get(orders).updates.map(({ data }) => data.total.toFixed());
  derived(orders, ({ update }) => update?.data.total).subscribe((total) => total?.toFixed());
  stream(null, { topics: "news" });
}

export function wrong(): void {
  // @ts-expect-error: the map has no such selector
  stream(HUB, { topics: "order/{id}", json: true });
  // @ts-expect-error: an order has no name
  get(stream(HUB, { topics: "orders/{id}", json: true })).update?.data.name;
  // @ts-expect-error: only the stream changes it
  stream(HUB, { topics: "news" }).set();
}
