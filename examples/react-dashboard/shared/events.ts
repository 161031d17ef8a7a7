// What the hub tells: the Worker publishes it, and the page reads it.
import type { HubUrl } from "millstream/react";

export const PRODUCTS = { Tea: 4, Coffee: 5, Cake: 6 };
export type Product = keyof typeof PRODUCTS;

export interface Order {
  id: number;
  product: Product;
  price: number;
  state: "new" | "packed";
}

export interface Metric {
  name: "orders" | "revenue";
  value: number;
}

/** The hub's URL, with the type of the data behind each selector. */
export const HUB = "/events" as HubUrl<{ "orders/{id}": Order; "metrics/{name}": Metric }>;

/** The orders, and the last update that they contain. */
export interface Snapshot {
  orders: Order[];
  lastEventId: string;
}
