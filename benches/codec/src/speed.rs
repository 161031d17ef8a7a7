//! Each row measured with criterion, and shown as what the others take of the time that millstream
//! takes.

use std::{error::Error, fs, hint::black_box, path::Path, time::Duration};

use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput, measurement::WallTime};

use crate::{
    decoders::{self, Decode, EventsourceStream, SseCodec, SseStream, Sseer},
    encoders::{self, Axum, Encode},
    inputs,
};

/// Of one encoding row.
const TIMES: usize = 100;

/// Measures into `dir`, prints the tables, and gives the rows on which another is quicker.
pub fn print(dir: &Path) -> Result<Vec<&'static str>, Box<dyn Error>> {
    let mut criterion = Criterion::default()
        .output_directory(dir)
        .without_plots()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1_500));
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
        let name = format!("decode-{number}");
        let mut group = group(&mut criterion, &name, row.bytes);
        decode::<decoders::Millstream>(&mut group, row);
        decode::<EventsourceStream>(&mut group, row);
        decode::<SseCodec>(&mut group, row);
        decode::<SseStream>(&mut group, row);
        decode::<Sseer>(&mut group, row);
        group.finish();
        tables += &line(&dir.join(name), row.name, row.bytes, &names, &mut slow)?;
    }

    let names = [encoders::Millstream::NAME, Axum::NAME];
    tables += &head("encode", &names);
    for (number, (row, id, data)) in inputs::events_to_encode().into_iter().enumerate() {
        let name = format!("encode-{number}");
        let bytes = (TIMES * (id.len() + data.len())) as u64;
        let mut group = group(&mut criterion, &name, bytes);
        encode::<encoders::Millstream>(&mut group, id, data);
        encode::<Axum>(&mut group, id, data);
        group.finish();
        tables += &line(&dir.join(name), row, bytes, &names, &mut slow)?;
    }
    println!("{tables}");
    Ok(slow)
}

fn group<'a>(criterion: &'a mut Criterion, name: &str, bytes: u64) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(bytes)).sampling_mode(SamplingMode::Flat);
    group
}

fn decode<D: Decode>(group: &mut BenchmarkGroup<'_, WallTime>, row: &inputs::Row) {
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

fn encode<E: Encode>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    id: &'static str,
    data: &'static str,
) {
    group.bench_function(E::NAME, |bencher| {
        bencher.iter(|| {
            E::encode(id, data, TIMES, |block| {
                black_box(block);
            });
        });
    });
}

fn head(what: &str, names: &[&str]) -> String {
    format!(
        "\n| {what} | {} | MiB/s |\n|---|{}---|\n",
        names.join(" | "),
        "---|".repeat(names.len())
    )
}

/// One line of a table: medians as multiples of the first, and the throughput of the first.
fn line(
    dir: &Path,
    row: &'static str,
    bytes: u64,
    names: &[&str],
    slow: &mut Vec<&'static str>,
) -> Result<String, Box<dyn Error>> {
    let medians =
        names.iter().map(|name| median(&dir.join(name))).collect::<Result<Vec<_>, _>>()?;
    let [ours, others @ ..] = medians.as_slice() else { return Err("nothing measured".into()) };
    if others.iter().any(|other| other <= ours) {
        slow.push(row);
    }
    let ratios: Vec<_> = medians.iter().map(|median| format!("{:.2}", median / ours)).collect();
    #[expect(clippy::cast_precision_loss, reason = "some MiB")]
    let throughput = bytes as f64 / ours * 1e9 / f64::from(1 << 20);
    Ok(format!("| {row} | {} | {throughput:.0} |\n", ratios.join(" | ")))
}

/// Nanoseconds, as criterion has left them.
fn median(dir: &Path) -> Result<f64, Box<dyn Error>> {
    let estimates = fs::read(dir.join("new/estimates.json"))?;
    let estimates: serde_json::Value = serde_json::from_slice(&estimates)?;
    estimates["median"]["point_estimate"].as_f64().ok_or_else(|| "no median".into())
}
