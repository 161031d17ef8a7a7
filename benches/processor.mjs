// The processor time of a server.
import { readFileSync, readdirSync } from "node:fs";

/** The processor time of a server of one process. */
export function nanoseconds({ pids: [pid] }) {
  return nanosecondsOf(pid);
}

/** The processor time of a process, as the scheduler counts it for each thread. */
export function nanosecondsOf(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const time = (id) => Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, "utf8").split(" ")[0]);
  return threads.reduce((sum, id) => sum + time(id), 0);
}
