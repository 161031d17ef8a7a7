// The routes of a chat of TanStack AI whose runs a hub keeps.
// README: begin routes
import { resumeServerSentEventsResponse, toServerSentEventsResponse } from "@tanstack/ai";
import { hubDurability } from "./tanstack_durability.mjs";

/** `write(messages)` calls the model: `chat({ adapter: openaiText("gpt-6-luna"), messages })`, for example. */
export async function chatRoute(request, { events, env, write }) {
  const adapter = hubDurability(events, env, request);
  switch (request.method) {
    case "POST": {
      const { messages } = await request.json();
      // By default 32 chunks wait for each other: a reader would see the answer in jerks.
      return toServerSentEventsResponse(write(messages), { durability: { adapter, batch: 1 } });
    }
    case "GET":
      // The place is the header Last-Event-ID, or the query: ?offset=… (-1 with ?runId=… is the beginning).
      return resumeServerSentEventsResponse({ adapter });
    default:
      return new Response("not allowed\n", { status: 405 });
  }
}
// README: end routes
