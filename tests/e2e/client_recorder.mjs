// What a subscription tells, kept in order. This file runs in Node and in pages.

/** The recorders, by the name that the test gave them. */
export const recorders = new Map();

/** A subscription that keeps all it is told. `options` are those of `subscribe`, without the callbacks. */
export class Recorder {
  updates = [];
  gaps = [];
  ends = [];
  states = [];
  errors = [];
  subscription;

  constructor(subscribe, url, options) {
    this.subscription = subscribe(url, {
      onUpdate: (update) => void this.updates.push(update),
      onGap: (gap) => void this.gaps.push(gap),
      onEnd: (end) => void this.ends.push(end),
      onState: (state) => void this.states.push(state),
      onError: (error) => void this.errors.push(String(error)),
      ...options,
    });
  }

  /** All of it, in a form that a page can hand over. */
  get seen() {
    const states = this.states.map(({ problem, ...state }) =>
      problem === undefined ? state : { ...state, problem: { ...problem, message: problem.message } });
    return { updates: this.updates, gaps: this.gaps, states, errors: this.errors, ...this.brief };
  }

  /** As much as a test waits for. */
  get brief() {
    return {
      count: this.updates.length,
      lastEventId: this.subscription.lastEventId,
      state: this.subscription.state.name,
    };
  }
}

/** Opens a recorder for each `[name, url, options]`. */
export function record(subscribe, subscriptions) {
  for (const [name, url, options] of subscriptions) recorders.set(name, new Recorder(subscribe, url, options));
}

/** What the recorders of these names have been told: `seen` or `brief`. */
export function told(part, names) {
  return names.map((name) => recorders.get(name)[part]);
}

/** Ends the subscriptions of these names. */
export function close(names) {
  for (const name of names) {
    recorders.get(name)?.subscription.close();
    recorders.delete(name);
  }
}
