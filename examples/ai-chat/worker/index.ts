// The Worker of the chats: a Durable Object for each, and one hub that keeps what their models write.
import { HubObject } from "millstream";
import { Chat } from "./chat";

export { Chat, HubObject };

export default {
  fetch(request, env) {
    // The link is enough to read the chat. An application checks the session here.
    const [, id] = /^\/api\/chat\/([\w-]{1,64})(?:\/\w+)?$/.exec(new URL(request.url).pathname) ?? [];
    return id === undefined ? new Response("not found\n", { status: 404 }) : env.CHAT.getByName(id).fetch(request);
  },
} satisfies ExportedHandler<Env>;
