// Calls of millstream/vue that compile, and some that must not.
import { useStream, type StreamRefs } from "millstream/vue";
import { ref, type ComputedRef } from "vue";
import { HUB, type Order } from "./events.js";

export function right(): void {
  const orders = useStream(HUB, { topics: "orders/{id}", json: true });
  orders satisfies StreamRefs<Order>;
  orders.updates.value.map(({ data }) => data.total.toFixed());
  orders.state satisfies ComputedRef<{ name: string }>;
  // Both may be refs or getters.
  const id = ref("1");
  useStream(ref(HUB), () => ({ topics: `metrics/${id.value}` as const, json: true as const })).update.value?.data.toFixed();
  useStream(() => (id.value === "" ? null : HUB), ref({ topics: "news" as const })).update.value?.data.length;
}

export function wrong(): void {
  // @ts-expect-error: the map has no such selector
  useStream(HUB, { topics: "order/{id}", json: true });
  // @ts-expect-error: nor by a getter
  useStream(HUB, () => ({ topics: "order/{id}" as const }));
  // @ts-expect-error: an order has no name
  useStream(HUB, { topics: "orders/{id}", json: true }).update.value?.data.name;
  // @ts-expect-error: only the stream changes it
  useStream(HUB, { topics: "news" }).update.value = null;
}
