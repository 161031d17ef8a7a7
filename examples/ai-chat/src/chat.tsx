import { useState } from "react";
import type { Snapshot } from "../shared/snapshot";
import { Composer } from "./composer";
import { Messages } from "./messages";
import { useAnswers } from "./use_answers";

export function Chat({ id, snapshot }: { id: string; snapshot: Snapshot }) {
  const { messages, sendMessage, regenerate, isBusy, error, connection, stopAnswer } = useAnswers(id, snapshot);
  const [failure, fail] = useState<string>();
  const isLost = connection.name === "waiting";

  async function stop() {
    fail(undefined);
    await stopAnswer().catch(() => fail("The answer could not be stopped. Try again."));
  }

  return (
    <>
      <header>
        <h1>Chat</h1>
        <p role="status" className={isLost ? "lost" : isBusy ? "busy" : "ready"}>
          {isLost ? "No connection. Trying again …" : isBusy ? "Writing …" : connection.name === "connecting" ? "Connecting …" : "Ready"}
        </p>
        <a href="/">New chat</a>
      </header>
      <main>
        <Messages messages={messages} />
        {error && (
          <p role="alert">
            {error.message}{" "}
            <button type="button" className="quiet" onClick={() => regenerate()}>Try again</button>
          </p>
        )}
        {failure && <p role="alert">{failure}</p>}
        <Composer isBusy={isBusy} onSend={(text) => sendMessage({ text })} onStop={stop} />
      </main>
    </>
  );
}
