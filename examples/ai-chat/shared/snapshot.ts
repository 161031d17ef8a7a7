import type { UIMessage } from "ai";

/** A chat as it is stored. The id of an answer's message is the answer's own. */
export interface Snapshot {
  messages: UIMessage[];
}
