// The processor time of a server.
import { readFileSync, readdirSync } from "node:fs";

/** The processor time of a server, as the scheduler counts it for each thread of its one process. */
export function nanoseconds({ pids: [pid] }) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const time = (id) => Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, "utf8").split(" ")[0]);
  return threads.reduce((sum, id) => sum + time(id), 0);
}
