import { useState, type FormEvent } from "react";
import { PRODUCTS, type Order } from "../shared/events";

/** Posts, and gives what was wrong. What has changed comes back by the stream. */
async function post(path: string, body?: string): Promise<string | undefined> {
  try {
    const answer = await fetch(path, { method: "POST", body });
    return answer.ok ? undefined : await answer.text();
  } catch {
    return "There is no connection. Try again later.";
  }
}

export function OrderForm() {
  const [failure, fail] = useState<string>();
  const [isSending, setSending] = useState(false);

  async function place(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const product = String(new FormData(event.currentTarget).get("product"));
    setSending(true);
    fail(await post("/orders", product));
    setSending(false);
  }

  return (
    <form onSubmit={place} className="card">
      <label htmlFor="product">Product</label>
      <select id="product" name="product">
        {Object.entries(PRODUCTS).map(([name, price]) => (
          <option key={name} value={name}>{`${name}, ${price} €`}</option>
        ))}
      </select>
      <button aria-disabled={isSending}>Place order</button>
      {failure && <p role="alert">{failure}</p>}
    </form>
  );
}

export function OrderList({ orders, isLoaded }: { orders: Order[]; isLoaded: boolean }) {
  const [failure, fail] = useState<string>();
  return (
    <section className="card" aria-labelledby="newest">
      <h2 id="newest">Newest orders</h2>
      {failure && <p role="alert">{failure}</p>}
      {orders.length === 0 && <p className="empty">{isLoaded ? "No order yet. Place the first one." : "Loading …"}</p>}
      <ul>
        {orders.map(({ id, product, price, state }) => (
          <li key={id}>
            <span className="number">#{id}</span>
            <span className="product">{product}</span>
            <span className="price">{price} €</span>
            {/* It stays the same button, so that the focus is not lost. */}
            <button
              type="button"
              className="quiet"
              aria-disabled={state === "packed"}
              aria-label={state === "packed" ? `Order ${id} is packed` : `Pack order ${id}`}
              onClick={async () => state === "packed" || fail(await post(`/orders/${id}/packed`))}
            >
              {state === "packed" ? "Packed" : "Pack"}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
