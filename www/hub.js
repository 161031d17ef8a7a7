// A hub seen from the page: its addresses, publishing, and the same things as curl
// commands.

/** A failed answer, read from its problem document, RFC 9457. */
export class Problem extends Error {
  constructor({ title, detail, field }, status) {
    super(detail ?? title ?? `status ${status}`);
    this.title = title ?? "The hub refused";
    this.detail = detail;
    this.field = field;
    this.status = status;
  }

  /** Reads the body of `response`. Without a problem document in the body only the status is known. */
  static async from(response) {
    const body = await response.json().catch(() => null);
    const document = typeof body === "object" && body !== null ? body : {};
    return new Problem({ title: `${response.status} ${response.statusText}`.trim(), ...document }, response.status);
  }
}

/** The hub named `name`; an empty name is the default hub. */
export class Hub {
  constructor(name, origin) {
    this.name = name || "default";
    this.url = new URL(name ? `/hubs/${name}/.well-known/mercure` : "/.well-known/mercure", origin);
  }

  /** The URL to subscribe to `topics`. It resumes after the id `start`, unless that is empty. */
  subscribeUrl(topics, start = "") {
    const url = new URL(this.url);
    for (const topic of topics) url.searchParams.append("topic", topic);
    if (start) url.searchParams.set("lastEventID", start);
    return url;
  }

  /** Publishes `fields` (pairs of name and value), and returns the update's id. */
  async publish(fields) {
    const response = await fetch(this.url, { method: "POST", body: new URLSearchParams(fields) });
    if (!response.ok) throw await Problem.from(response);
    return response.text();
  }

  curlSubscribe(topics) {
    return `curl -N ${quote(this.subscribeUrl(topics).href)}`;
  }

  curlPublish(fields) {
    const options = fields.map(([name, value]) => `--data-urlencode ${quote(`${name}=${value}`)}`);
    return ["curl", ...options, quote(this.url.href)].join(" \\\n  ");
  }
}

/** One shell word. Between single quotes only the quote itself is special. */
function quote(text) {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
