// Subscriptions that compile with the types of millstream/client, and some that must not.
import { Problem, subscribe } from "millstream/client";
import type { Gap, HubUrl, State, Subscription, TokenSource, Update } from "millstream/client";

interface Order {
  state: "paid" | "packed";
}
type Events = { "orders/{id}": Order; news: string };
const HUB: HubUrl<Events> = "https://hub.example/events";
const token: TokenSource = async ({ refused, signal }) => (refused && signal?.aborted !== true ? "a" : "b");

export async function typed(): Promise<void> {
  // The selector says what the data is.
  const orders = subscribe(HUB, {
    topics: ["orders/{id}"],
    json: true,
    token,
    onUpdate: ({ data, text, id, type }) => [data.state satisfies "paid" | "packed", text satisfies string, id, type],
    onGap: ({ requested, first, missed }: Gap) => [requested, first, missed],
    onState: (state: State) => (state.name === "waiting" ? state.until.toFixed() : state.name),
    onError: (error, update) => [error, update?.text],
    signal: AbortSignal.timeout(1_000),
  });
  orders satisfies Subscription<Order>;
  orders.lastEventId satisfies string;
  orders.close();
  // Without `json` it is the text.
  subscribe(HUB, { topics: "orders/{id}", onUpdate: ({ data }) => data.length });
  // Two selectors give either.
  subscribe(HUB, { topics: ["orders/{id}", "news"], json: true, onUpdate: ({ data }) => data satisfies Order | string });
  // A loop is typed as a callback is.
  for await (const { data } of subscribe(HUB, { match: { exact: ["news"] }, json: true })) data satisfies string;
  // The map may stand in the call, where each selector may bring each type; without a map each selector is right.
  subscribe<Events>(new URL("https://hub.example/events"), { topics: "news", json: true, onUpdate: ({ data }) => data satisfies Order | string });
  subscribe("/events", { topics: ["a", "*"], match: undefined, json: true, onUpdate: ({ data }) => data.anything });
  subscribe("/events", {
    topics: "*",
    types: ["paid"],
    withTopics: true,
    lastEventId: "earliest",
    storage: { getItem: (key) => (key === "" ? null : key), setItem: (key, value) => console.log(key, value) },
    credentials: "include",
    pauseWhenHidden: true,
    silence: 20_000,
    fetch: (input, init) => fetch(input, init),
    onUpdate: async (update: Update<string>) => update.topics?.join(),
  });
}

export function wrong(): void {
  // @ts-expect-error: the hub has no such selector
  subscribe(HUB, { topics: ["order/{id}"], json: true });
  // @ts-expect-error: news are text
  subscribe(HUB, { topics: ["news"], json: true, onUpdate: ({ data }) => data.state });
  // @ts-expect-error: without `json` the data is text
  subscribe(HUB, { topics: ["orders/{id}"], onUpdate: ({ data }) => data.state });
  // @ts-expect-error: an order has other states
  subscribe(HUB, { topics: ["orders/{id}"], json: true, onUpdate: ({ data }) => data.state === "sent" });
  // @ts-expect-error: something is selected
  subscribe(HUB, { json: true });
  // @ts-expect-error: in one of two ways
  subscribe(HUB, { topics: ["news"], match: { exact: ["news"] } });
  // @ts-expect-error: there is no such option
  subscribe(HUB, { topics: ["news"], onMessage: () => {} });
  // @ts-expect-error: a token is a text
  subscribe(HUB, { topics: ["news"], token: () => 1 });
  // @ts-expect-error: it has its states by itself
  subscribe(HUB, { topics: ["news"] }).state = { name: "open" };
}

export function why(state: State): string | undefined {
  // @ts-expect-error: an open stream waits for nothing
  if (state.name === "open") return state.until;
  if (state.name !== "closed") return undefined;
  return state.problem instanceof Problem ? `${state.problem.status satisfies number} ${state.problem.detail ?? ""}` : state.why;
}
