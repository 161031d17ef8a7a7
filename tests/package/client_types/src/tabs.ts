// Subscriptions of tabs that compile with the types of millstream/client/tabs, and some that must not.
// README: begin
import { subscribe } from "millstream/client/tabs";

export function follow(account: { id: string }, show: (text: string) => void) {
  return subscribe("/events", {
    topics: ["news", "orders/{id}"],
    user: account.id,
    onUpdate: ({ text }) => show(text),
  });
}
// README: end

type Events = { "orders/{id}": { paid: boolean } };

export async function right(): Promise<void> {
  const orders = subscribe<Events>("/events", { topics: "orders/{id}", user: null, json: true, storage: sessionStorageOf() });
  for await (const { data } of orders) data.paid satisfies boolean;
}

export function wrong(): void {
  // @ts-expect-error: it must be said who reads
  subscribe("/events", { topics: "a" });
  // @ts-expect-error: a user is a text
  subscribe("/events", { topics: "a", user: 7 });
  // @ts-expect-error: there is no such topic
  subscribe<Events>("/events", { topics: "order", user: null });
}

declare function sessionStorageOf(): { getItem(key: string): string | null; setItem(key: string, value: string): void };
