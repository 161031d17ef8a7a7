// What a server gets before a run.

/** The unmeasured load before each run, in which engines compile the code. */
export const WARM = { mode: "saturate", options: { connections: 50, bytes: 100, seconds: 2 } };
export const NOT_AT_ALL = null;
