// Reads an event stream by HTML § 9.2.6, and the field `topic` of a hub that was asked for it.
// The browser's own EventSource sends no token, and shows neither topics nor types that it was not told of.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

/** Bytes go in as they come, events come out. One reader is for one stream. */
export class EventStreamReader {
  // It passes over a byte order mark at the beginning.
  #decoder = new TextDecoder();
  #rest = "";
  #isBehindCarriageReturn = false;
  #type = "";
  #data = [];
  #topics = [];
  #id;

  /** The last event ID string: that of the last block that was read to its end. */
  lastEventId;
  /** The reconnection time in milliseconds, once the stream has set one. */
  reconnectionTime = null;
  /** The text of the last comment that had one: by such a comment a hub says why a stream ends. */
  comment = "";
  /** Whether the stream has had an event, or the empty comment with which a hub begins it. */
  hasBegun = false;

  /** `lastEventId` is that of the stream before. */
  constructor(lastEventId = "") {
    this.lastEventId = lastEventId;
    this.#id = lastEventId;
  }

  /** The events that end in these bytes: `{ type, data, lastEventId, topics }`. */
  read(bytes) {
    let text = this.#decoder.decode(bytes, { stream: true });
    if (text === "") return [];
    if (this.#isBehindCarriageReturn && text.startsWith("\n")) text = text.slice(1);
    this.#isBehindCarriageReturn = text.endsWith("\r");
    const lines = (this.#rest + text).split(/\r\n|\r|\n/);
    this.#rest = lines.pop();
    return lines.map((line) => this.#readLine(line)).filter((event) => event !== null);
  }

  #readLine(line) {
    if (line === "") return this.#endBlock();
    const [, name, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line);
    switch (name) {
      case "":
        if (value === "") this.hasBegun = true;
        else this.comment = value;
        break;
      case "event":
        this.#type = value;
        break;
      case "data":
        this.#data.push(value);
        break;
      case "topic":
        this.#topics.push(value);
        break;
      case "id":
        if (!value.includes("\0")) this.#id = value;
        break;
      case "retry":
        if (/^[0-9]+$/.test(value)) this.reconnectionTime = Number(value);
        break;
    }
    return null;
  }

  /** A block without data is no event, but its id counts. */
  #endBlock() {
    this.lastEventId = this.#id;
    const event = {
      type: this.#type || "message",
      data: this.#data.join("\n"),
      lastEventId: this.#id,
      topics: this.#topics,
    };
    const isEvent = this.#data.length > 0;
    this.#type = "";
    this.#data = [];
    this.#topics = [];
    if (!isEvent) return null;
    this.hasBegun = true;
    return event;
  }
}
