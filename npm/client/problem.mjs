// The hub's refusals: problem documents, RFC 9457.

/** Requests that came too early, took too long, or were too many: RFC 9110 § 15.5, RFC 6585 § 4, RFC 8470 § 5.2. */
const PASSING = [408, 425, 429];

/** A request that was not granted. `message` says what to change. */
export class Problem extends Error {
  /**
   * @param {number} status of the answer; 0 if there was none
   * @param {{ title?: string, detail?: string, field?: string } | null} [document]
   * @param {number} [retryAfter]
   */
  constructor(status, document, retryAfter) {
    const { title, detail, field } = document ?? {};
    super(detail ?? title ?? `The answer has the status ${status}.`);
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
    return this.status < 400 || this.status >= 500 || PASSING.includes(this.status);
  }

  /**
   * Reads an answer, which is not read yet.
   *
   * @param {Response} response
   */
  static async from(response) {
    const { status, headers } = response;
    const isJson = headers.get("content-type")?.includes("json");
    const document = await (isJson ? response.json() : response.body?.cancel())?.catch(() => null);
    // Seconds, or a date: RFC 9110 § 10.2.3.
    const value = /** @type {string} */ (headers.get("retry-after"));
    const delay = Number(value) * 1_000 || Date.parse(value) - Date.now();
    return new Problem(status, document, delay > 0 ? delay : undefined);
  }
}
