// What the tabs of a share say to each other. Any script of the origin can speak on the channel, so each word is read with care.
import { Problem } from "../problem.mjs";

/** @import { State } from "../types.d.ts" */
/** @import { Entry, Part } from "./log.mjs" */

/**
 * A tab leads from now on, and its stream begins behind `from`. `fruitless` is how many leaders before it, one after the
 * other, had no stream.
 *
 * @typedef {{ kind: "begin", term: number, from: string, fruitless: number, state: State }} Begin
 */
/** The stream has come one step further. @typedef {{ kind: "step", term: number, number: number, entry: Entry }} Step */
/** What the stream is doing. @typedef {{ kind: "state", term: number, state: State }} Doing */
/**
 * What there is behind `from`, for one tab; without a part the leader does not know that cursor any more, or not yet.
 * `cursor` is the leader's, `cursors` are those that it knows.
 *
 * @typedef {{ kind: "answer", term: number, to: string, from: string, part: Part | undefined, cursor: string, cursors: string[], state: State }} Answer
 */
/** The leader is alive, and its last step has this number. @typedef {{ kind: "pong", term: number, last: number, state: State }} Pong */
/** A tab asks for what is behind its cursor. @typedef {{ kind: "ask", term: number, tab: string, cursor: string }} Ask */
/** A tab asks whether the leader is alive. @typedef {{ kind: "ping", term: number }} Ping */

/** @typedef {Begin | Step | Doing | Answer | Pong} LeaderWord */
/** @typedef {LeaderWord | Ask | Ping} Word */

/** @typedef {Record<string, unknown>} Members */

/**
 * A form in which a word can be posted: the class of a problem is lost on the way. Another server than a hub may refuse, and its
 * problem may have members of any kind.
 *
 * @returns {Members}
 */
export function written(/** @type {Word} */ word) {
  const problem = "state" in word && "problem" in word.state ? word.state.problem : undefined;
  if (!problem || !("state" in word)) return word;
  const [title, detail, field] = [problem.title, problem.detail, problem.field].map((member) => (typeof member === "string" ? member : undefined));
  const retryAfter = problem.retryAfter && Math.min(Math.ceil(problem.retryAfter), Number.MAX_SAFE_INTEGER);
  return { ...word, state: { ...word.state, problem: { status: problem.status, title, detail, field, retryAfter } } };
}

/**
 * Reads what was posted. What is no word is undefined.
 *
 * @param {unknown} data
 * @returns {Word | undefined}
 */
export function read(data) {
  try {
    const members = membersOf(data);
    const reading = READINGS.get(members.kind);
    return reading?.({ ...members, term: natural(members.term) });
  } catch {
    return undefined;
  }
}

/** By kind. Each throws for what is not of its kind. @type {Map<unknown, (members: Members & { term: number }) => Word>} */
const READINGS = new Map(Object.entries({
  begin: ({ term, from, fruitless, state }) => ({
    ...{ kind: "begin", term, from: text(from), fruitless: natural(fruitless), state: stateOf(state) },
  }),
  step: ({ term, number, entry }) => ({ kind: "step", term, number: natural(number), entry: entryOf(entry) }),
  state: ({ term, state }) => ({ kind: "state", term, state: stateOf(state) }),
  answer: ({ term, to, from, part, cursor, cursors, state }) => ({
    ...{ kind: "answer", term, to: text(to), from: text(from), part: orNothing(part, partOf) },
    ...{ cursor: text(cursor), cursors: listOf(cursors, text), state: stateOf(state) },
  }),
  pong: ({ term, last, state }) => ({ kind: "pong", term, last: natural(last), state: stateOf(state) }),
  ask: ({ term, tab, cursor }) => ({ kind: "ask", term, tab: text(tab), cursor: text(cursor) }),
  ping: ({ term }) => ({ kind: "ping", term }),
}));

/** @returns {Members} */
function membersOf(/** @type {unknown} */ value) {
  if (typeof value !== "object" || value === null) throw new TypeError("no object");
  return /** @type {Members} */ (value);
}

function text(/** @type {unknown} */ value) {
  if (typeof value !== "string") throw new TypeError("no text");
  return value;
}

function natural(/** @type {unknown} */ value) {
  if (!Number.isSafeInteger(value) || Number(value) < 0) throw new TypeError("no natural number");
  return Number(value);
}

/**
 * @template Item
 * @param {unknown} value
 * @param {(item: unknown) => Item} itemOf
 */
function listOf(value, itemOf) {
  if (!Array.isArray(value)) throw new TypeError("no list");
  return value.map(itemOf);
}

/**
 * @template Item
 * @param {unknown} value
 * @param {(item: unknown) => Item} itemOf
 */
const orNull = (value, itemOf) => (value === null ? null : itemOf(value));

/**
 * @template Item
 * @param {unknown} value
 * @param {(item: unknown) => Item} itemOf
 */
const orNothing = (value, itemOf) => (value === undefined ? undefined : itemOf(value));

/** @returns {Part} */
function partOf(/** @type {unknown} */ value) {
  const { after, entries } = membersOf(value);
  return { after: natural(after), entries: listOf(entries, entryOf) };
}

/** @returns {Entry} */
function entryOf(/** @type {unknown} */ value) {
  const { cursor, update, gap } = membersOf(value);
  const entry = { cursor: text(cursor) };
  if (update !== undefined) return { ...entry, update: updateOf(membersOf(update)) };
  if (gap === undefined) return entry;
  const { requested, first, missed } = membersOf(gap);
  return { ...entry, gap: { requested: orNull(requested, text), first: orNull(first, text), missed: orNull(missed, natural) } };
}

function updateOf(/** @type {Members} */ { id, type, text: data, topics }) {
  const update = { id: text(id), type: text(type), text: text(data) };
  return topics === undefined ? update : { ...update, topics: listOf(topics, text) };
}

/** @returns {State} */
function stateOf(/** @type {unknown} */ value) {
  const { name, until, why, problem } = membersOf(value);
  if (name === "connecting" || name === "open") return { name };
  const because = problem === undefined ? {} : { problem: problemOf(membersOf(problem)) };
  if (name === "waiting" && typeof until === "number") return { name, until, why: text(why), ...because };
  if (name === "closed" && (why === "refused" || why === "ended")) return { name, why, ...because };
  throw new TypeError("no state");
}

function problemOf(/** @type {Members} */ { status, title, detail, field, retryAfter }) {
  const document = { title: orNothing(title, text), detail: orNothing(detail, text), field: orNothing(field, text) };
  return new Problem(natural(status), document, orNothing(retryAfter, natural));
}
