import type { UIMessage } from "ai";
import { useEffect, useRef } from "react";

/** Pixels from the end of the page within which a reader follows what is written. */
const NEAR = 160;

export function Messages({ messages }: { messages: UIMessage[] }) {
  const end = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);

  useEffect(() => {
    const look = () => {
      const { scrollHeight, clientHeight, scrollTop } = document.documentElement;
      isFollowing.current = scrollHeight - clientHeight - scrollTop < NEAR;
    };
    addEventListener("scroll", look, { passive: true });
    return () => removeEventListener("scroll", look);
  }, []);
  useEffect(() => {
    if (isFollowing.current) end.current?.scrollIntoView({ block: "end" });
  }, [messages]);

  if (messages.length === 0) return <p className="empty">Ask something. Then reload the page while the answer is written.</p>;
  return (
    <>
      <ol aria-label="Conversation">
        {messages.map((message) => (
          <li key={message.id} className={message.role}>
            <h2>{message.role === "user" ? "You" : "Model"}</h2>
            {/* React shows it as text: nothing in it becomes HTML. */}
            <p>{message.parts.map((part) => (part.type === "text" ? part.text : "")).join("")}</p>
          </li>
        ))}
      </ol>
      <div ref={end} />
    </>
  );
}
