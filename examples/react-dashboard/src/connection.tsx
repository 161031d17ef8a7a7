import type { State } from "millstream/react";

/** What the stream is doing, in the words of a user. */
export function Connection({ state }: { state: State }) {
  return (
    <p role="status" className={`connection ${state.name}`}>
      {inWords(state)}
    </p>
  );
}

function inWords(state: State): string {
  switch (state.name) {
    case "connecting":
      return "Connecting …";
    case "open":
      return "Live";
    case "waiting": {
      const next = Number.isFinite(state.until) ? ` Next try at ${new Date(state.until).toLocaleTimeString()}.` : "";
      return `Not connected: what you see may be old. ${state.why}${next}`;
    }
    case "closed":
      if (state.why === "closed") return "Paused";
      return state.problem ? `Not allowed: ${state.problem.message}` : "The stream has ended.";
  }
}
