import { useEffect, useState } from "react";
import type { Snapshot } from "../shared/snapshot";
import { Composer } from "./composer";
import { Messages } from "./messages";
import { useAnswers } from "./use_answers";
import { useFollowing } from "./use_following";

export function Chat({ id, snapshot }: { id: string; snapshot: Snapshot }) {
  const [draft, setDraft] = useState("");
  const [notice, setNotice] = useState<string>();
  const [failure, fail] = useState<string>();
  const { messages, ask, regenerate, isBusy, error, connection, stopAnswer } = useAnswers(id, snapshot, (text) => {
    setDraft((draft) => draft || text);
    setNotice("Another tab has asked at the same moment. Send your message when its answer has ended.");
  });
  useFollowing();
  useEffect(() => {
    if (!isBusy) fail(undefined);
  }, [isBusy]);

  function send(text: string) {
    setNotice(undefined);
    void ask(text);
  }

  async function stop() {
    fail(undefined);
    await stopAnswer().catch(() => fail("The answer could not be stopped. Try again."));
  }

  const [mood, words] =
    connection.name === "waiting" ? ["lost", "No connection. Trying again …"]
    : isBusy ? ["busy", "Writing …"]
    : error ? ["lost", "Something went wrong"]
    : connection.name === "connecting" ? ["ready", "Connecting …"]
    : ["ready", "Ready"];

  return (
    <>
      <header>
        <h1>Chat</h1>
        <p role="status" className={mood}>{words}</p>
        <a href="/">New chat</a>
      </header>
      <main>
        <Messages messages={messages} />
        {error && (
          <div role="alert">
            <p>{error.message}</p>
            <button type="button" className="quiet" onClick={() => regenerate()}>Try again</button>
          </div>
        )}
        {notice && <p role="alert">{notice}</p>}
        {failure && <p role="alert">{failure}</p>}
        <Composer draft={draft} isBusy={isBusy} onDraft={setDraft} onSend={send} onStop={stop} />
      </main>
    </>
  );
}
