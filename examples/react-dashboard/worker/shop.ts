// The orders, in a Durable Object. An application has a database here.
import { DurableObject } from "cloudflare:workers";
import { PRODUCTS, type Metric, type Order, type Product, type Snapshot } from "../shared/events";

export class Shop extends DurableObject<Env> {
  #sql = this.ctx.storage.sql;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.#sql.exec("CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, product TEXT, price INTEGER, state TEXT)");
  }

  order(product: Product): Order {
    return this.#changed("INSERT INTO orders (product, price, state) VALUES (?, ?, 'new') RETURNING *", product, PRODUCTS[product])!;
  }

  pack(id: number): Order | undefined {
    return this.#changed("UPDATE orders SET state = 'packed' WHERE id = ? RETURNING *", id);
  }

  #changed(statement: string, ...values: (string | number)[]): Order | undefined {
    const [order] = this.#sql.exec(statement, ...values).toArray();
    return order as unknown as Order | undefined;
  }

  metrics(): Metric[] {
    const { orders, revenue } = this.#sql.exec("SELECT count(*) AS orders, total(price) AS revenue FROM orders").one();
    return [
      { name: "orders", value: Number(orders) },
      { name: "revenue", value: Number(revenue) },
    ];
  }

  /** Keeps the id of the last update that was published about the orders. */
  async published(id: string): Promise<void> {
    await this.ctx.storage.put("last event id", id);
  }

  async snapshot(): Promise<Snapshot> {
    // It is read first: an update that comes between is then told twice, and not missed.
    const lastEventId = (await this.ctx.storage.get<string>("last event id")) ?? "earliest";
    const orders = this.#sql.exec("SELECT * FROM orders ORDER BY id DESC LIMIT 50").toArray();
    return { orders: orders as unknown as Order[], lastEventId };
  }
}
