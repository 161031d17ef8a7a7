// What a page sends becomes a message of the user here, and nothing else.
import type { Message } from "../shared/snapshot";

const LONGEST = 4_000;

/** The user's message in the body of a request, if it has one. */
export function question(body: unknown): Message | undefined {
  const { id, parts } = ((body as { message?: Partial<Message> } | null)?.message ?? {}) as { id?: unknown; parts?: unknown };
  if (typeof id !== "string" || !/^[\w-]{1,64}$/.test(id) || !Array.isArray(parts)) return undefined;
  const text = parts.map((part) => (part?.type === "text" && typeof part.text === "string" ? part.text : "")).join("").trim();
  return text === "" || text.length > LONGEST ? undefined : { id, role: "user", parts: [{ type: "text", text }] };
}
