// The orders: those of the database, and the updates of the hub since then.
import { useStream, type State } from "millstream/react";
import { useEffect, useReducer, useState } from "react";
import { HUB, type Order, type Snapshot } from "../shared/events";

const MOST = 50;
const CONNECTING: State = { name: "connecting" };

export function useOrders(enabled: boolean) {
  const [orders, take] = useReducer(withOrders, []);
  const [from, begin] = useState<string>();
  const [failure, fail] = useState<string>();
  const [loads, loadAgain] = useReducer((count: number) => count + 1, 0);

  useEffect(() => {
    const leaving = new AbortController();
    load(leaving.signal).then(
      ({ orders, lastEventId }) => {
        take(orders);
        // The stream begins behind the first answer: nothing is missing between the two.
        begin((first) => first ?? lastEventId);
        fail(undefined);
      },
      (error) => leaving.signal.aborted || fail(String(error)),
    );
    return () => leaving.abort();
  }, [loads]);

  const { state } = useStream(from === undefined ? null : HUB, {
    topics: "orders/{id}",
    json: true,
    from,
    enabled,
    onUpdate: ({ data }) => take([data]),
    // The hub does not have some updates any more. The database has the orders as they are now.
    onGap: loadAgain,
  });
  const isLoaded = from !== undefined;
  // Without a URL a stream is closed, but this one only waits for the orders.
  return { orders, state: isLoaded ? state : CONNECTING, isLoaded, failure, loadAgain };
}

async function load(signal: AbortSignal): Promise<Snapshot> {
  const answer = await fetch("/orders", { signal });
  if (!answer.ok) throw new Error(`the orders could not be loaded: ${answer.status}`);
  return answer.json();
}

/** The newest orders. An order that is packed does not become new again, in whichever order it is told. */
function withOrders(before: Order[], told: Order[]): Order[] {
  const known = new Map(before.map((order) => [order.id, order]));
  for (const order of told) if (known.get(order.id)?.state !== "packed") known.set(order.id, order);
  return [...known.values()].sort((a, b) => b.id - a.id).slice(0, MOST);
}
