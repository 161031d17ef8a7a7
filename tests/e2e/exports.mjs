// The export, the import and the removal of a hub's history, as its operator asks for them.
import assert from "node:assert/strict";
import { OPERATOR_KEY } from "./server.mjs";
import { bearer } from "./tokens.mjs";

/** The URL of an operator's call for the hub of this name. */
export const callOf = (server, hub, call) => `${server.origin}/hubs/${hub}/${call}`;

export const KEY = bearer(OPERATOR_KEY);

/** The text of an export. */
export async function exported(server, hub, query = "") {
  const response = await fetch(callOf(server, hub, `export${query}`), { headers: KEY });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  assert.equal(response.headers.get("content-type"), "application/x-ndjson");
  return text;
}

/** The status of an import, and its answer. */
export async function imported(server, hub, body) {
  const response = await fetch(callOf(server, hub, "import"), { method: "POST", headers: KEY, body, duplex: "half" });
  return { status: response.status, answer: await response.json() };
}

/** Removes the history of a hub; gives how many updates it had. */
export async function cleared(server, hub) {
  const response = await fetch(callOf(server, hub, "history"), { method: "DELETE", headers: KEY });
  const { removed } = await response.json();
  assert.equal(response.status, 200);
  return removed;
}

/** The header and the entries of an export. */
export function linesOf(file) {
  const [header, ...entries] = file.trimEnd().split("\n").map((line) => JSON.parse(line));
  return { header: header.millstream, entries };
}

/** A file of these lines, each an object or a text. */
export const fileOf = (...lines) => lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n") + "\n";

/** The header of a hub that has removed nothing. */
export const headerOf = (until, members = {}) => ({
  millstream: {
    ...{ version: 1, hub: "made", places: Buffer.alloc(16, 7).toString("base64url"), after: 0, until },
    ...{ removed: { publications: 0, subscriptions: 0, closings: 0 }, time: "2026-11-26T00:00:00.000Z" },
    ...members,
  },
});

/** An update of a file. */
export const updateOf = (sequence, members = {}) => ({ sequence, time: 1_790_000_000_000 + sequence, id: `u${sequence}`, topic: ["a"], data: `${sequence}`, ...members });

/** A file of so many updates. */
export const numbered = (count) => fileOf(headerOf(count), ...Array.from({ length: count }, (_, at) => updateOf(at + 1)));
