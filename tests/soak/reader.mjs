// A subscriber that only compares what comes with what is due, so that five hundred of them fit a process.
import { once } from "node:events";
import { request } from "node:http";

/** The updates of a selection of topics, in their order, as the hub has kept them. */
export class Due {
  ids = [];
  topics;

  constructor(topics) {
    this.topics = topics;
  }
}

export class Reader {
  #due;
  /** Ids that have come and were not compared yet: an update may come before its publisher is answered. */
  #come = [];
  #compared = 0;
  #rest = "";
  #response;
  #request;
  /** What went wrong first. */
  problem;

  /** Subscribes to the topics of `due`, from now on. */
  static async open(hub, due) {
    const reader = new Reader();
    reader.#due = due;
    reader.#compared = due.ids.length;
    const url = new URL(hub);
    for (const topic of due.topics) url.searchParams.append("topic", topic);
    reader.#request = request(url, { agent: false, headers: { accept: "text/event-stream" } }).end();
    const [response] = await once(reader.#request, "response");
    if (response.statusCode !== 200) throw new Error(`a reader was answered ${response.statusCode}`);
    reader.#response = response;
    const ended = (how) => (reader.problem ??= `its stream ${how} behind ${reader.#last()}`);
    response.setEncoding("utf8").on("data", (text) => reader.#take(text));
    response.on("end", () => ended("ended")).on("error", (error) => ended(`failed (${error.message})`));
    reader.#request.on("error", () => {});
    return reader;
  }

  #take(text) {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop();
    for (const line of lines) {
      if (line.startsWith("id: ")) this.#come.push(line.slice("id: ".length));
      else if (line === "event: gap") this.problem ??= `it was told of a gap behind ${this.#last()}`;
    }
  }

  #last() {
    return this.#come.at(-1) ?? this.#due.ids[this.#compared - 1];
  }

  /** Compares what has come; returns how many updates it has not got yet. */
  missing() {
    const { ids } = this.#due;
    const count = Math.min(this.#come.length, ids.length - this.#compared);
    for (let at = 0; at < count && this.problem === undefined; at += 1) {
      const [due, came] = [ids[this.#compared + at], this.#come[at]];
      if (due !== came) this.problem = `${came} came where ${due} was due, behind ${ids[this.#compared + at - 1]}`;
    }
    this.#compared += count;
    this.#come.splice(0, count);
    return ids.length - this.#compared;
  }

  /** How many came that nobody has published. */
  get surplus() {
    return this.#come.length;
  }

  stall() {
    this.#response.pause();
  }

  readOn() {
    this.#response.resume();
  }

  close() {
    this.#request.destroy();
  }
}
