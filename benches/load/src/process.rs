//! What the server's processes cost: processor time and resident memory, from `/proc`.

use std::{fs, io, iter::Sum, time::Duration};

use thiserror::Error;

use crate::clock;

/// Reading the state of a process costs it and us a little; its memory does not change faster.
const SAMPLING: u64 = Duration::from_millis(100).as_nanos() as u64;

/// A process whose state cannot be read.
#[derive(Debug, Error)]
#[error("--pid {pid}: {source}; give the ids of running processes that this user may inspect")]
pub struct Unreadable {
    /// Its id.
    pub pid: u32,
    source: io::Error,
}

/// The processes that were named; there may be none, and then there are no figures.
#[derive(Debug)]
pub struct Processes {
    pids: Vec<u32>,
    sampled: u64,
    peak: u64,
}

impl Processes {
    /// Names the processes.
    pub fn new(pids: Vec<u32>) -> Result<Self, Unreadable> {
        let processes = Self { pids, sampled: 0, peak: 0 };
        processes.processor_seconds()?;
        processes.resident()?;
        Ok(processes)
    }

    /// Seconds of processor time that each has used, all threads, in user and kernel.
    pub fn processor_seconds(&self) -> Result<Vec<f64>, Unreadable> {
        let ticks = self.each(|pid| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
            processor_ticks(&stat).ok_or_else(|| io::Error::other("its stat has no times"))
        })?;
        let second = rustix::param::clock_ticks_per_second() as f64;
        Ok(ticks.into_iter().map(|ticks| ticks as f64 / second).collect())
    }

    /// Bytes that each holds resident, counted page by page: exact, and slow.
    pub fn resident(&self) -> Result<Vec<u64>, Unreadable> {
        self.each(|pid| {
            let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"));
            match rollup.ok().and_then(|text| kilobytes(&text, "Rss:")) {
                Some(bytes) => Ok(bytes),
                None => quick_resident(pid),
            }
        })
    }

    /// Looks at the memory again, if the last look is long enough ago.
    pub fn sample(&mut self) -> Result<(), Unreadable> {
        let now = clock::now();
        if now >= self.sampled + SAMPLING {
            self.sampled = now;
            self.peak = self.peak.max(self.each(quick_resident)?.iter().sum());
        }
        Ok(())
    }

    /// The most that any look saw.
    pub fn peak(&self) -> Option<u64> {
        (!self.pids.is_empty()).then_some(self.peak)
    }

    fn each(&self, one: impl Fn(u32) -> io::Result<u64>) -> Result<Vec<u64>, Unreadable> {
        let one = |&pid| one(pid).map_err(|source| Unreadable { pid, source });
        self.pids.iter().map(one).collect()
    }
}

/// All together; nothing when no process was named.
pub fn total<T: Copy + Sum>(each: &[T]) -> Option<T> {
    (!each.is_empty()).then(|| each.iter().copied().sum())
}

/// From the kernel's own counters, which lag a few pages behind.
fn quick_resident(pid: u32) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    kilobytes(&status, "VmRSS:").ok_or_else(|| io::Error::other("it has ended"))
}

/// The value of a line such as `VmRSS:   1234 kB`, in bytes.
fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

/// User and system time; the name before them may hold spaces and parentheses.
fn processor_ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<u64>().ok();
    Some(next()? + next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_behind_any_name() {
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 30 12 0 0 20";
        assert_eq!(processor_ticks(stat), Some(42));
    }

    #[test]
    fn memory_is_read_in_bytes() {
        assert_eq!(kilobytes("Name: a\nVmRSS:\t    12 kB\n", "VmRSS:"), Some(12_288));
    }

    #[test]
    fn this_process_can_be_read() {
        let processes = Processes::new(vec![std::process::id()]).unwrap();
        assert!(processes.resident().unwrap()[0] > 100_000);
    }

    #[test]
    fn nothing_has_no_total() {
        assert_eq!((total(&[1, 2]), total::<u64>(&[])), (Some(3), None));
    }

    #[test]
    fn a_process_that_is_not_there_is_named() {
        let error = Processes::new(vec![u32::MAX]).unwrap_err();
        assert!(error.to_string().starts_with("--pid 4294967295: "), "{error}");
    }
}
