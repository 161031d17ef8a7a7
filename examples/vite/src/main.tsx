import { useStream, type HubUrl } from "millstream/react";
import { StrictMode, type FormEvent } from "react";
import { createRoot } from "react-dom/client";

interface Message {
  text: string;
}

const HUB = "/events" as HubUrl<{ chat: Message }>;

function Chat() {
  const { updates } = useStream(HUB, { topics: "chat", json: true, from: "earliest" });

  async function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const message: Message = { text: String(new FormData(form).get("text")) };
    const answer = await fetch("/messages", { method: "POST", body: JSON.stringify(message) });
    if (answer.ok) form.reset();
  }

  return (
    <main>
      <h1>Chat</h1>
      <ul>
        {updates.map(({ id, data }) => (
          <li key={id}>{data.text}</li>
        ))}
      </ul>
      <form onSubmit={send}>
        <label>
          Message <input name="text" required />
        </label>{" "}
        <button>Send</button>
      </form>
    </main>
  );
}

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <Chat />
  </StrictMode>,
);
