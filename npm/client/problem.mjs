// The hub's refusals: problem documents, RFC 9457.

/** Milliseconds; a larger delay overflows a timer. */
const LONGEST = 2 ** 31 - 1;
/** Requests that came too early, took too long, or were too many: RFC 9110 § 15.5, RFC 6585 § 4, RFC 8470 § 5.2. */
const PASSING = [408, 425, 429];

/** A request that was not granted. `message` is the detail, which says what to change. */
export class Problem extends Error {
  /**
   * @param {string} message
   * @param {{ status: number, title?: string, detail?: string, field?: string, retryAfter?: number }} members
   */
  constructor(message, { status, title, detail, field, retryAfter }) {
    super(message);
    this.name = "Problem";
    /** The status of the answer; 0 if there was no answer. */
    this.status = status;
    /** The kind of the problem, in a few words. */
    this.title = title;
    /** What was wrong, and what would be right. */
    this.detail = detail;
    /** The field of the request that was wrong. */
    this.field = field;
    /** The milliseconds that the hub asks to wait. */
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may be answered otherwise later. */
  get isPassing() {
    return this.status === 0 || this.status >= 500 || PASSING.includes(this.status);
  }

  /**
   * Reads a problem document. It is the answer itself, or a line of NDJSON.
   *
   * @param {any} document
   * @param {{ status: number, retryAfter?: number }} answer
   */
  static of(document, { status, retryAfter }) {
    const member = (/** @type {string} */ name) => (typeof document?.[name] === "string" ? document[name] : undefined);
    const [title, detail, field] = ["title", "detail", "field"].map(member);
    return new Problem(detail ?? title ?? `The answer has the status ${status}.`, { status, title, detail, field, retryAfter });
  }

  /**
   * Reads an answer, which is not read yet.
   *
   * @param {Response} response
   */
  static async from(response) {
    const { status, headers } = response;
    const isJson = /\bjson\b/i.test(headers.get("content-type") ?? "");
    const document = await (isJson ? response.json() : response.body?.cancel())?.catch(() => undefined);
    return Problem.of(document, { status, retryAfter: delayIn(headers.get("retry-after")) });
  }
}

/**
 * Milliseconds: RFC 9110 § 10.2.3 has seconds, or a date.
 *
 * @param {string | null} value
 */
function delayIn(value) {
  if (value === null || value.trim() === "") return undefined;
  const delay = /^\s*\d+\s*$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return delay >= 0 ? Math.min(delay, LONGEST) : undefined;
}
