import { subscribe, type HubUrl } from "millstream/client";

const HUB = "/events" as HubUrl<{ "orders/{id}": { state: "paid" | "sent" } }>;

subscribe(HUB, { topics: ["orders/{id}"], json: true, onUpdate: ({ data }) => console.log(data.state) });
