// The page of one chat. Its id stands in the address, so that a reload and a second tab show the same chat.
import { useEffect, useReducer, useState } from "react";
import type { Snapshot } from "../shared/snapshot";
import { Chat } from "./chat";

const id = idInAddress();

export function Page() {
  const [snapshot, take] = useState<Snapshot>();
  const [failure, fail] = useState<string>();
  const [loads, loadAgain] = useReducer((count: number) => count + 1, 0);

  useEffect(() => {
    const leaving = new AbortController();
    load(leaving.signal).then(take, (error) => leaving.signal.aborted || fail(String(error)));
    return () => leaving.abort();
  }, [loads]);

  if (snapshot !== undefined) return <Chat id={id} snapshot={snapshot} />;
  return (
    <main className="empty">
      <p role={failure ? "alert" : "status"}>{failure ?? "Loading …"}</p>
      {failure && <button type="button" onClick={loadAgain}>Load again</button>}
    </main>
  );
}

async function load(signal: AbortSignal): Promise<Snapshot> {
  const answer = await fetch(`/api/chat/${id}`, { signal });
  if (!answer.ok) throw new Error(`the chat could not be loaded: ${answer.status}`);
  return answer.json();
}

function idInAddress(): string {
  const address = new URL(location.href);
  const given = address.searchParams.get("chat");
  if (given !== null && /^[\w-]{1,64}$/.test(given)) return given;
  const fresh = crypto.randomUUID();
  address.searchParams.set("chat", fresh);
  history.replaceState(null, "", address);
  return fresh;
}
