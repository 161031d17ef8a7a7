// The line of the log for a request that is refused: at the door, or by the object of a hub.
import { hasHub, logLevel } from "../../build/millstream.js";
import { LineBudget } from "./line_budget.mjs";
import { HubLog } from "./log.mjs";
import { doorCounts } from "./metrics/counts.mjs";
import { hubOf } from "./mount.mjs";

/** @import { Visit } from "./handler.mjs" */

/** What this isolate writes about refusals: who is refused without end must not cost the operator lines without end. */
const budget = new LineBudget();

/**
 * A refusal. Its text is plain if it repeats nothing of the request.
 *
 * @typedef {{ reason: string, status: number, text: string, isPlain: boolean }} Refusal
 */

/**
 * The refusal that an answer of the instance is, by the mark of src/web/http/respond.rs; undefined for any other answer.
 *
 * @param {Response} response
 * @returns {Refusal | undefined}
 */
export function refusalIn(response) {
  const mark = /** @type {any} */ (response).refused;
  if (mark === undefined) return undefined;
  const [reason, status, text, isPlain] = mark;
  return { reason, status, text, isPlain };
}

/**
 * The answer with the mark of a refusal.
 *
 * @param {Response} response
 * @param {Refusal} refusal
 */
export function marked(response, { reason, status, text, isPlain }) {
  return Object.assign(response, { refused: [reason, status, text, isPlain] });
}

/**
 * Counts and logs an answer of the Worker itself, if it is a refusal.
 *
 * @param {Visit} visit
 * @param {Response} response
 * @param {number} [since] when the request came, by the clock of `performance`
 */
export function refusedAtDoor({ request, variables }, response, since) {
  const refusal = refusalIn(response);
  if (refusal === undefined) return;
  const hub = hubOf(request);
  // Nothing is counted for a hub that there may not be: it would take the place of another one's counts.
  if (hub !== undefined && hasHub(variables, hub)) doorCounts.add(hub, rowsOf(refusal));
  logRefusal(new HubLog(hub, logLevel(variables, hub ?? "default")), refusal, since);
}

/** What is counted of a refusal. A token that is refused is counted among the tokens, too. */
function rowsOf(/** @type {Refusal} */ { reason, status }) {
  const rows = [["refused", reason, String(status), 1]];
  const [, error] = /^token-(?!missing$)(.*)$/.exec(reason) ?? [];
  return error === undefined ? rows : [...rows, ["tokens", error, 1]];
}

/**
 * Logs a refusal. A text that repeats a part of the request is for the level debug alone.
 *
 * @param {HubLog} log
 * @param {Refusal} refusal
 * @param {number} [since]
 */
export function logRefusal(log, { reason, status, text, isPlain }, since) {
  const level = "info";
  if (!log.writes(level)) return;
  const { isWritten, leftOut } = budget.take(`${reason} ${log.hub}`, Date.now());
  if (leftOut > 0) log.write("refusals left out", { level, hub: undefined, count: leftOut });
  if (!isWritten) return;
  const duration = since === undefined ? undefined : Math.round(performance.now() - since);
  const detail = isPlain || log.writes("debug") ? text : undefined;
  log.write("refused", { level, status, reason, duration, detail });
}
