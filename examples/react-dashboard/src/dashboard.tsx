import { useStream } from "millstream/react";
import { useState } from "react";
import { HUB } from "../shared/events";
import { Connection } from "./connection";
import { MetricCard } from "./metric_card";
import { OrderForm, OrderList } from "./orders";
import { useOrders } from "./use_orders";

export function Dashboard() {
  const [isLive, setLive] = useState(true);
  const { orders, state, isLoaded, failure, loadAgain } = useOrders(isLive);
  const metrics = useStream(HUB, { topics: "metrics/{name}", json: true, from: "earliest", maxUpdates: 60, enabled: isLive });
  const valuesOf = (name: string) => metrics.updates.filter(({ data }) => data.name === name).map(({ data }) => data.value);

  return (
    <>
      <header>
        <h1>Orders</h1>
        <Connection state={metrics.state.name === "open" ? state : metrics.state} />
        <button type="button" className="quiet" onClick={() => setLive(!isLive)}>
          {isLive ? "Pause" : "Go on"}
        </button>
      </header>
      <main>
        {failure && (
          <p role="alert">
            {failure} <button type="button" onClick={loadAgain}>Load again</button>
          </p>
        )}
        <section aria-label="Metrics" className="metrics">
          <MetricCard title="Orders" values={valuesOf("orders")} />
          <MetricCard title="Revenue" unit="€" values={valuesOf("revenue")} />
        </section>
        <OrderForm />
        <OrderList orders={orders} isLoaded={isLoaded} />
      </main>
    </>
  );
}
