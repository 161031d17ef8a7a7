// What a component of a test has shown, one entry for each rendering that differs from the one before.

export class Shown {
  /** @type {{ state: object, data: any[], last: any, gap: object | null }[]} */
  all = [];

  /** What a hook gave, at a rendering. */
  add({ state, update, updates, gap }) {
    const entry = { state, data: updates.map(({ data }) => data), last: update?.data, gap };
    if (JSON.stringify(entry) !== JSON.stringify(this.all.at(-1))) this.all.push(entry);
  }

  get last() {
    return this.all.at(-1);
  }
}
