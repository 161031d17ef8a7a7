// What docs/client.md shows of a page.
import { Problem, publish, publishMany, subscribe, type Publication } from "millstream/client";

type Show = (text: string) => void;

export function states(show: Show) {
  // README: begin states
  const orders = subscribe("/events", {
    topics: ["orders/{id}"],
    onUpdate: ({ data }) => show(data),
    onState(state) {
      if (state.name === "waiting") show("Reconnecting. What you see may be old.");
      if (state.name === "closed" && state.problem) show(`You cannot read this: ${state.problem.message}`);
    },
  });
  // README: end states
  return orders;
}

export function gap(draw: (orders: string[]) => void) {
  // README: begin gap
  const orders = subscribe("/events", {
    topics: ["orders/{id}"],
    onUpdate: ({ data }) => draw([data]),
    async onGap() {
      const answer = await fetch("/orders.json");
      draw(await answer.json());
    },
  });
  // README: end gap
  return orders;
}

export function token(show: Show) {
  // README: begin token
  const orders = subscribe("/events", {
    topics: ["orders/{id}"],
    onUpdate: ({ data }) => show(data),
    async token({ signal }) {
      const answer = await fetch("/token", { signal });
      if (!answer.ok) throw new Error(`no token: ${answer.status}`);
      return answer.text();
    },
  });
  // README: end token
  return orders;
}

export function reload(show: Show) {
  // README: begin reload
  const orders = subscribe("/events", {
    topics: ["orders/{id}"],
    storage: sessionStorage,
    lastEventId: "earliest", // when nothing is stored yet
    onUpdate: ({ data }) => show(data),
  });
  // README: end reload
  return orders;
}

export async function loop(show: Show) {
  // README: begin loop
  const steps = subscribe("/events", { topics: ["jobs/7"], json: true, lastEventId: "earliest" });
  for await (const { data } of steps) {
    show(data.title);
    if (data.isLast) break;
  }
  // README: end loop
  return steps.state.name;
}

export async function one(show: Show) {
  // README: begin publish
  try {
    const { id, connections } = await publish("/events", { topic: "orders/1", data: { state: "paid" } });
    show(`${id} goes to ${connections}`);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    show(`${error.status}: ${error.message}`);
  }
  // README: end publish
}

export async function many(updates: Publication[], show: Show) {
  // README: begin publish-many
  for await (const { update, id, problem } of publishMany("/events", updates)) {
    show(`${update.topic}: ${problem ? problem.message : id}`);
  }
  // README: end publish-many
}
