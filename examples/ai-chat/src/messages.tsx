import type { End, Message } from "../shared/snapshot";

const ENDS: Record<End, string> = { stopped: "Stopped", broken: "Broke off" };

export function Messages({ messages }: { messages: Message[] }) {
  if (messages.length === 0) return <p className="empty">Ask something. Then reload the page while the answer is written.</p>;
  return (
    <ol aria-label="Conversation">
      {messages.map(({ id, role, parts, metadata }) => (
        <li key={id} className={role}>
          <h2>{role === "user" ? "You" : "Model"}</h2>
          {/* React shows it as text: nothing in it becomes HTML. */}
          <p>{parts.map((part) => (part.type === "text" ? part.text : "")).join("")}</p>
          {metadata?.end && <small className={metadata.end}>{ENDS[metadata.end]}</small>}
        </li>
      ))}
    </ol>
  );
}
