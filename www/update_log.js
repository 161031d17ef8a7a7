// The list of updates, newest first. Text from updates is only ever set as textContent.

/** The number of rows that are kept: enough to scroll back, and few enough for a phone. */
export const MAX_ROWS = 500;

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

  /** `changed(rows)` is called whenever rows were added or removed. */
  constructor(list, announcement, changed) {
    this.#list = list;
    this.#announcement = announcement;
    this.#changed = changed;
  }

  /** Adds an update that has just arrived. */
  addUpdate(event) {
    this.#add(() => updateRow(event), new Date());
    this.#unannounced += 1;
    this.#announcing ||= setTimeout(() => this.#announce(), this.#announcement.textContent ? ANNOUNCE_EVERY : 500);
  }

  /** Adds a line about the stream itself: `kind` is `resumed` or `gap`. */
  addNote(kind, text) {
    this.#add(() => noteRow(kind, text), new Date());
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

  #announce() {
    this.#announcing = 0;
    const count = this.#unannounced;
    this.#unannounced = 0;
    this.#announcement.textContent = count === 1 ? "1 new update" : `${count} new updates`;
  }
}

function updateRow(event) {
  const type = element("span", "type", event.type);
  if (event.type === "message") type.classList.add("untyped");
  const head = element("div", "row-head");
  head.append(type);
  const row = element("li", "update");
  row.append(head, element("pre", "data", event.data), element("p", "id mono", event.lastEventId));
  return row;
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
