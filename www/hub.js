// A hub seen from the page: its addresses, publishing, and the same things as curl
// commands.

/** The token itself is shown nowhere. */
const TOKEN_OPTION = '-H "Authorization: Bearer $TOKEN"';
const NEXT_LINE = " \\\n  ";

/** A failed answer, read from its problem document, RFC 9457. */
export class Problem extends Error {
  constructor({ title, detail, field }, status) {
    super(detail ?? title ?? `status ${status}`);
    this.title = title ?? "The hub refused";
    this.detail = detail;
    this.field = field;
    this.status = status;
  }

  /** Whether the same request may be answered otherwise later. Without a status there was no answer. */
  get isPassing() {
    return this.status === undefined || this.status >= 500 || [408, 425, 429].includes(this.status);
  }

  /** Whether another token may help. */
  get isAboutToken() {
    return this.status === 401 || this.status === 403;
  }

  /** Reads the body of `response`. Without a problem document in the body only the status is known. */
  static async from(response) {
    const body = await response.json().catch(() => null);
    const document = typeof body === "object" && body !== null ? body : {};
    return new Problem({ title: `${response.status} ${response.statusText}`.trim(), ...document }, response.status);
  }
}

/** The hub named `name`; an empty name is the default hub. An empty `token` is none. */
export class Hub {
  #token;

  constructor(name, origin, token = "") {
    this.#token = token;
    this.url = new URL(name ? `/hubs/${name}/.well-known/mercure` : "/.well-known/mercure", origin);
  }

  /** The headers that every request has. */
  get headers() {
    return this.#token ? { authorization: `Bearer ${this.#token}` } : {};
  }

  /** The URL to subscribe to `topics`. It resumes after the id `start`, unless that is empty. */
  subscribeUrl(topics, start = "") {
    const url = new URL(this.url);
    for (const topic of topics) url.searchParams.append("topic", topic);
    if (start) url.searchParams.set("lastEventID", start);
    return url;
  }

  /** The same, and each event has its update's topics, in a field that an EventSource passes over. */
  topicsUrl(topics, start) {
    const url = this.subscribeUrl(topics, start);
    url.searchParams.set("fields", "topic");
    return url;
  }

  /** Publishes `fields` (pairs of name and value), and returns the update's id. */
  async publish(fields) {
    const body = new URLSearchParams(fields);
    const response = await fetch(this.url, { method: "POST", headers: this.headers, body });
    if (!response.ok) throw await Problem.from(response);
    return response.text();
  }

  curlSubscribe(topics) {
    const url = quote(this.subscribeUrl(topics).href);
    return this.#token ? ["curl -N", TOKEN_OPTION, url].join(NEXT_LINE) : `curl -N ${url}`;
  }

  curlPublish(fields) {
    const options = fields.map(([name, value]) => `--data-urlencode ${quote(`${name}=${value}`)}`);
    return ["curl", ...(this.#token ? [TOKEN_OPTION] : []), ...options, quote(this.url.href)].join(NEXT_LINE);
  }
}

/** One shell word. Between single quotes only the quote itself is special. */
function quote(text) {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
