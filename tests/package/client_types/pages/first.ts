import { publish, subscribe, type HubUrl } from "millstream/client";

interface Order {
  state: "paid" | "sent";
}
const HUB = "/events" as HubUrl<{ "orders/{id}": Order; news: string }>;

export const orders = subscribe(HUB, {
  topics: ["orders/{id}"],
  json: true,
  onUpdate: ({ data }) => console.log(data.state),
});

export const pay = (id: number) => publish(HUB, { topic: `orders/${id}`, data: { state: "paid" } });
