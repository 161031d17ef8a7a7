// What the tests' hub publishes.
import type { HubUrl } from "millstream/client";

export interface Order {
  total: number;
}
export type Events = { "orders/{id}": Order; news: string; [metric: `metrics/${string}`]: number };
export const HUB: HubUrl<Events> = "/events";
