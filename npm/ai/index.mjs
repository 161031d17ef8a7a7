// The entry of the package for chats with AI SDK: `ResumableChat` on the server, `HubChatTransport` in a page.
export { ResumableChat } from "./resumable_chat.mjs";
export { HubChatTransport } from "./transport.mjs";

/** @typedef {import("./types.d.ts").Answer} Answer */
/** @typedef {import("./types.d.ts").AnswerOptions} AnswerOptions */
/** @typedef {import("./types.d.ts").ChatOptions} ChatOptions */
/**
 * @template {import("./types.d.ts").UIMessage} [Message=import("./types.d.ts").UIMessage]
 * @typedef {import("./types.d.ts").HubChatTransportOptions<Message>} HubChatTransportOptions
 */
