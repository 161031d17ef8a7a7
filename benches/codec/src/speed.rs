//! Each row measured with criterion, and shown as what the others take of the time that millstream
//! takes.
//!
//! All are measured in several rounds, next to each other, and a ratio is the median of those of the
//! rounds: what else the machine does comes and goes, and meets all alike.

use std::{error::Error, fs, hint::black_box, path::Path, time::Duration};

use criterion::{BatchSize, BenchmarkGroup, Criterion, SamplingMode, Throughput};

use crate::{
    cpu_time::CpuTime,
    decoders::{self, Decode, EventsourceStream, SseCodec, SseStream, Sseer},
    encoders::{self, Axum, Encode},
    inputs,
};

type Failure = Box<dyn Error>;
type Group<'a> = BenchmarkGroup<'a, CpuTime>;

const ROUNDS: usize = 5;
/// Bytes of data, about, that are encoded at a time: what is in the processor's cache, as it is when
/// a program has just made it.
const ENCODED_AT_A_TIME: usize = 256 * 1024;

/// Measures into `dir`, prints the tables, and gives the rows on which another is quicker.
pub fn print(dir: &Path) -> Result<Vec<&'static str>, Failure> {
    let mut criterion = Criterion::default()
        .with_measurement(CpuTime)
        .output_directory(dir)
        .without_plots()
        .nresamples(1_000)
        .sample_size(15)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(300));
    let mut slow = Vec::new();
    let mut tables = String::new();

    let names = [
        decoders::Millstream::NAME,
        EventsourceStream::NAME,
        SseCodec::NAME,
        SseStream::NAME,
        Sseer::NAME,
    ];
    tables += &head("decode", &names);
    for (number, row) in inputs::streams().iter().enumerate() {
        let medians =
            rounds(&mut criterion, dir, &format!("decode-{number}"), row.bytes, &names, |group| {
                decode::<decoders::Millstream>(group, row);
                decode::<EventsourceStream>(group, row);
                decode::<SseCodec>(group, row);
                decode::<SseStream>(group, row);
                decode::<Sseer>(group, row);
            })?;
        tables += &line(row.name, row.bytes, &medians, &mut slow)?;
    }

    let names = [encoders::Millstream::NAME, Axum::NAME];
    tables += &head("encode", &names);
    for (number, (row, id, data)) in inputs::events_to_encode().into_iter().enumerate() {
        let events = (ENCODED_AT_A_TIME / data.len()).clamp(1, 100);
        let bytes = (events * (id.len() + data.len())) as u64;
        let medians =
            rounds(&mut criterion, dir, &format!("encode-{number}"), bytes, &names, |group| {
                encode::<encoders::Millstream>(group, id, data, events);
                encode::<Axum>(group, id, data, events);
            })?;
        tables += &line(row, bytes, &medians, &mut slow)?;
    }
    println!("{tables}");
    Ok(slow)
}

/// The medians of each, in nanoseconds, round by round.
fn rounds(
    criterion: &mut Criterion<CpuTime>,
    dir: &Path,
    row: &str,
    bytes: u64,
    names: &[&str],
    measure: impl Fn(&mut Group<'_>),
) -> Result<Vec<Vec<f64>>, Failure> {
    let round = |round| {
        let name = format!("{row}-{round}");
        let mut group = criterion.benchmark_group(&name);
        group.throughput(Throughput::Bytes(bytes)).sampling_mode(SamplingMode::Flat);
        measure(&mut group);
        group.finish();
        names.iter().map(|of| median_of(&dir.join(&name).join(of))).collect()
    };
    (0..ROUNDS).map(round).collect()
}

fn decode<D: Decode>(group: &mut Group<'_>, row: &inputs::Row) {
    group.bench_function(D::NAME, |bencher| {
        bencher.iter(|| {
            let mut count = 0_u64;
            let decoded = D::decode(black_box(&row.chunks), |block| {
                black_box(block);
                count += 1;
            });
            (black_box(decoded).is_ok(), count)
        });
    });
}

fn encode<E: Encode>(group: &mut Group<'_>, id: &str, data: &str, events: usize) {
    group.bench_function(E::NAME, |bencher| {
        bencher.iter_batched(
            || vec![(id.to_owned(), data.to_owned()); events],
            |events| {
                E::encode(events, |block| {
                    black_box(block);
                });
            },
            BatchSize::LargeInput,
        );
    });
}

fn head(what: &str, names: &[&str]) -> String {
    format!(
        "\n| {what} | {} | MiB/s |\n|---|{}---|\n",
        names.join(" | "),
        "---|".repeat(names.len())
    )
}

/// One line of a table: times as multiples of the first, and the throughput of the first.
fn line(
    row: &'static str,
    bytes: u64,
    rounds: &[Vec<f64>],
    slow: &mut Vec<&'static str>,
) -> Result<String, Failure> {
    let others = rounds.first().map_or(0, Vec::len);
    let ratios = (0..others)
        .map(|other| median(rounds.iter().map(|round| round[other] / round[0]).collect()))
        .collect::<Result<Vec<_>, _>>()?;
    if ratios.iter().skip(1).any(|ratio| *ratio <= 1.0) {
        slow.push(row);
    }
    let ratios: Vec<_> = ratios.iter().map(|ratio| format!("{ratio:.2}")).collect();
    let nanoseconds = median(rounds.iter().map(|round| round[0]).collect())?;
    #[expect(clippy::cast_precision_loss, reason = "some MiB")]
    let throughput = bytes as f64 / nanoseconds * 1e9 / f64::from(1 << 20);
    Ok(format!("| {row} | {} | {throughput:.0} |\n", ratios.join(" | ")))
}

fn median(mut samples: Vec<f64>) -> Result<f64, Failure> {
    samples.sort_by(f64::total_cmp);
    Ok(*samples.get(samples.len() / 2).ok_or("no sample")?)
}

/// As criterion has left it.
fn median_of(dir: &Path) -> Result<f64, Failure> {
    let estimates = fs::read(dir.join("new/estimates.json"))?;
    let estimates: serde_json::Value = serde_json::from_slice(&estimates)?;
    estimates["median"]["point_estimate"].as_f64().ok_or_else(|| "no median".into())
}
