// Publications that compile with the types of millstream/client, and some that must not.
import { Problem, publish, publishMany } from "millstream/client";
import type { Answer, Publication, PublishOptions, Published } from "millstream/client";

const options: PublishOptions = { token: async () => "a", credentials: "omit", idempotencyKey: "key", attempts: 2 };

export async function right(): Promise<void> {
  const update: Publication = { topic: ["a", "b"], data: { paid: true }, id: "1", type: "paid", retry: 1_000, private: true };
  const { id, connections }: Published = await publish("/events", update, options);
  const told: [string, number] = [id, connections];
  const orders = [{ topic: "a", data: 1, order: 7 }];
  for await (const answer of publishMany(new URL("https://hub.example/events"), orders, { token: async () => "a" })) {
    answer satisfies Answer<(typeof orders)[number]>;
    if (answer.problem) answer.problem satisfies Problem;
    else told[1] += answer.connections + answer.update.order;
  }
}

export async function wrong(): Promise<void> {
  // @ts-expect-error: an update has a topic
  await publish("/events", { data: "a" });
  // @ts-expect-error: there is no such member
  await publish("/events", { topic: "a", event: "paid" });
  // @ts-expect-error: a time is a number
  await publish("/events", { topic: "a", retry: "1000" });
  // @ts-expect-error: there is no such option
  await publish("/events", { topic: "a" }, { retries: 1 });
  // @ts-expect-error: many updates are in a list
  publishMany("/events", { topic: "a" });
  // @ts-expect-error: many updates take no key: they have ids
  publishMany("/events", [], { idempotencyKey: "key" });
  for await (const answer of publishMany("/events", [{ topic: "a" }])) {
    // @ts-expect-error: it may be refused
    answer.id.length;
  }
}
