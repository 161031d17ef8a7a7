// The list of updates, newest first. Text from updates is only ever set as textContent.

import { indented } from "./json.js";

/** The number of rows that are kept: enough to scroll back, and few enough for a phone. */
export const MAX_ROWS = 500;

/** The topics of an update that stand on its row; the others are behind a click. */
const MAX_TOPICS = 5;

/** Longer data, in lines or characters, scrolls within its row. */
const MAX_LINES = 15;
const MAX_CHARACTERS = 1_500;

/** The least time between two summaries for a screen reader, which does not read every update. */
const ANNOUNCE_EVERY = 5000;

const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hourCycle: "h23",
});

export class UpdateLog {
  #list;
  #announcement;
  #changed;
  #pending = [];
  #frame = 0;
  #unannounced = 0;
  #announcing = 0;
  #isRaw = false;
  /** The data of the rows whose data is JSON. */
  #json = new WeakMap();

  /** `changed(rows)` is called whenever rows were added or removed. */
  constructor(list, announcement, changed) {
    this.#list = list;
    this.#announcement = announcement;
    this.#changed = changed;
  }

  /** Adds an update that has just arrived. */
  addUpdate(event) {
    this.#add(() => this.#updateRow(event), new Date());
    this.#unannounced += 1;
    this.#announcing ||= setTimeout(() => this.#announce(), this.#announcement.textContent ? ANNOUNCE_EVERY : 500);
  }

  /** Adds a line about the stream itself: `kind` is `resumed` or `gap`. */
  addNote(kind, text) {
    this.#add(() => noteRow(kind, text), new Date());
  }

  /** Shows JSON as it was sent, or indented. */
  setRaw(isRaw) {
    this.#isRaw = isRaw;
    for (const row of this.#list.children) this.#showJson(row);
  }

  clear() {
    this.#pending = [];
    this.#list.replaceChildren();
    this.#announcement.textContent = "";
    this.#changed(0);
  }

  /** Rows are built once a frame, so a burst costs only the rows that remain. */
  #add(build, arrived) {
    this.#pending.push({ build, arrived });
    if (this.#pending.length > MAX_ROWS) this.#pending.shift();
    this.#frame ||= requestAnimationFrame(() => this.#render());
  }

  #render() {
    this.#frame = 0;
    const rows = this.#pending
      .splice(0)
      .reverse()
      .map(({ build, arrived }) => {
        const row = build();
        row.querySelector(".row-head").append(timeOf(arrived));
        return row;
      });
    this.#list.prepend(...rows);
    while (this.#list.childElementCount > MAX_ROWS) this.#list.lastElementChild.remove();
    this.#changed(this.#list.childElementCount);
  }

  #updateRow({ type, topics, data, lastEventId }) {
    const chip = element("span", "type", type);
    if (type === "message") chip.classList.add("untyped");
    const labels = element("div", "labels");
    labels.append(chip, ...topicsOf(topics));
    const head = element("div", "row-head");
    head.append(labels);
    const row = element("li", "update");
    const pretty = indented(data);
    row.append(head, dataOf(data, isLong(pretty ?? data)), element("p", "id mono", lastEventId));
    if (pretty !== null) this.#json.set(row, { raw: data, pretty });
    this.#showJson(row);
    return row;
  }

  #showJson(row) {
    const json = this.#json.get(row);
    if (json === undefined) return;
    const pre = row.querySelector(".data");
    pre.classList.add("json");
    pre.textContent = this.#isRaw ? json.raw : json.pretty;
  }

  #announce() {
    this.#announcing = 0;
    const count = this.#unannounced;
    this.#unannounced = 0;
    this.#announcement.textContent = count === 1 ? "1 new update" : `${count} new updates`;
  }
}

/** The elements with an update's topics; none for a hub that does not tell them. */
function topicsOf(topics) {
  const all = topics.map((topic) => element("code", "topic", topic));
  const others = all.splice(MAX_TOPICS);
  if (others.length === 0) return all;
  const more = element("details", "more-topics");
  more.append(element("summary", "", `${others.length} more`), ...others);
  return [...all, more];
}

function isLong(text) {
  return text.length > MAX_CHARACTERS || text.split("\n", MAX_LINES + 1).length > MAX_LINES;
}

/** What scrolls can be reached by keyboard. */
function dataOf(data, scrolls) {
  const pre = element("pre", "data", data);
  if (scrolls) {
    pre.classList.add("long");
    pre.tabIndex = 0;
    pre.setAttribute("role", "group");
    pre.setAttribute("aria-label", "Data");
  }
  return pre;
}

function noteRow(kind, text) {
  const head = element("div", "row-head");
  head.append(element("span", "note-text", text));
  const row = element("li", `note ${kind}`);
  row.append(head);
  return row;
}

function timeOf(date) {
  const time = element("time", "mono", clock.format(date));
  time.dateTime = date.toISOString();
  return time;
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}
