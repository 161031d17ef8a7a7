// The figures of a run of the load client, with their columns.
const MIB = 1024 * 1024;

export const PER_CPU_SECOND = { title: "deliveries per CPU second", of: (run) => run.deliveries_per_cpu_second };
export const PER_SECOND = { title: "deliveries per second", of: (run) => run.deliveries_per_second };
export const CPU = { title: "CPU per delivery, µs", of: (run) => run.cpu_micros_per_delivery, digits: 2 };
export const P50 = { title: "latency p50, ms", of: (run) => run.latency_p50_ms, digits: 2 };
export const P99 = { title: "latency p99, ms", of: (run) => run.latency_p99_ms, digits: 1 };
export const BYTES = { title: "bytes per delivery", of: (run) => run.bytes_per_delivery, digits: 1 };
export const PER_POST = {
  title: "CPU per POST, µs",
  of: (run) => (1e6 * run.server_cpu_seconds) / run.published,
};
export const ANSWER = { title: "answer p50, ms", of: (run) => run.answer_p50_ms, digits: 2 };
export const MAX = { title: "latency max, ms", of: (run) => run.latency_max_ms, digits: 1 };
export const REPLAY = { title: "time, ms", of: (run) => run.replay_p50_ms, digits: 1 };
export const GROWTH = { title: "RSS growth, MiB", of: (run) => run.server_rss_growth_bytes / MIB, digits: 1 };
export const PEAK = { title: "RSS peak, MiB", of: (run) => run.server_rss_peak_bytes / MIB };
