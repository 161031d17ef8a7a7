import type { UIMessage } from "ai";

/** How an answer has ended that is not whole. */
export type End = "stopped" | "broken";

/** A message of a chat. The id of an answer's message is the answer's own. */
export type Message = UIMessage<{ end?: End }>;

/** A chat as it is stored. */
export interface Snapshot {
  messages: Message[];
}

/** The refusal (409) of a question that comes while an answer is written. */
export const BUSY = "An answer is being written. Ask when it has ended.";
