//! The figures of a hub, held against what its streams were given.

use std::time::Duration;

use super::{
    Host,
    finite::{all, read},
    host::{earliest, id, live},
    update,
};
use crate::{
    base::{
        figures::Figures,
        limits::{SLOW_AFTER_UPDATES, SLOW_FOR},
        sequence::Sequence,
    },
    hub::{
        close_reason::CloseReason,
        finite_read::ReadForm,
        memory::Memory,
        resumes::{Keeper, Resumes},
        slow_consumers::SlowConsumers,
        subscriber::Subscriber,
    },
    log::closing::{Closing, EndReason},
    tokens::access::Access,
};

fn figures(host: &Host) -> Figures {
    let mut figures = Figures::default();
    host.hub.tell(&mut figures);
    figures
}

/// The bytes that all of these connections were given, and the number of chunks.
fn given(host: &Host, connections: &[u8]) -> (u64, u64) {
    let chunks = connections.iter().flat_map(|connection| &host.stream(*connection).chunks);
    let lengths: Vec<_> = chunks.map(|chunk| chunk.len() as u64).collect();
    (lengths.iter().sum(), lengths.len() as u64)
}

#[test]
fn three_updates_for_two_connections_of_one_audience_are_six_deliveries() {
    let mut host = Host::default().resting();
    host.connect(1, &live(&["a"]));
    host.connect(2, &live(&["a"]));
    host.connect(3, &live(&["b"]));
    for number in 1..=3 {
        host.publish(&number.to_string(), &["a"]);
        host.read(1);
        host.read(2);
    }
    let figures = figures(&host);
    assert_eq!(figures.of("deliveries"), 6);
    assert_eq!(figures.of("updates.publication"), 3);
    assert_eq!(figures.of("subscribers"), 3);
    let delivered = (figures.of("delivered.bytes"), figures.of("delivered.chunks"));
    assert_eq!(delivered, given(&host, &[1, 2, 3]));
    assert_eq!(figures.in_group("connections.stream"), [("waiting", 3)]);
}

#[test]
fn each_connection_is_in_one_state() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    host.subscribe(1, &earliest(&["a"]));
    host.subscribe(2, &live(&["a"]));
    let states = |host: &Host| {
        let figures = figures(host);
        ["replaying", "registering", "waiting", "behind"]
            .map(|state| figures.of(&format!("connections.stream.{state}")))
    };
    assert_eq!(states(&host), [1, 1, 0, 0]);
    host.registered(2);
    assert_eq!(states(&host), [1, 0, 0, 1]);
    host.read(1);
    host.read(2);
    assert_eq!(states(&host), [0, 0, 2, 0]);
}

#[test]
fn connections_that_a_worker_keeps_are_links() {
    let mut host = Host::default();
    host.hub = host.hub.with_keepers(|state| match state {
        1 => Keeper::Worker,
        _ => Keeper::Hub,
    });
    host.connect(1, &live(&["a"]));
    host.connect(2, &live(&["a"]));
    let figures = figures(&host);
    assert_eq!(figures.in_group("connections.link"), [("waiting", 1)]);
    assert_eq!(figures.in_group("connections.stream"), [("waiting", 1)]);
}

#[test]
fn a_connection_that_goes_on_is_no_new_subscriber() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    let request = live(&["a"]);
    let access = Access::default();
    let resumes = Some(Resumes::behind(Sequence::START));
    let again = Subscriber { id: id(2), request: &request, access: &access, resumes };
    host.hub.subscribe(again, 2, host.now).unwrap();
    assert_eq!(figures(&host).of("subscribers"), 1);
}

#[test]
fn a_chunk_that_a_stream_did_not_take_counts_once_when_it_reads_on() {
    let mut host = Host::default().resting();
    host.connect(1, &live(&["a"]));
    host.publish("1", &["a"]);
    host.publish("2", &["a"]);
    assert_eq!(figures(&host).of("deliveries"), 1);
    assert_eq!(figures(&host).of("slow.any.behind"), 1);
    assert_eq!(figures(&host).in_group("connections.stream"), [("behind", 1)]);
    host.publish("3", &["a"]);
    host.read(1);
    let figures = figures(&host);
    assert_eq!(host.got(1), ["1", "2", "3"]);
    assert_eq!(figures.of("deliveries"), 3);
    assert_eq!((figures.of("delivered.bytes"), figures.of("delivered.chunks")), given(&host, &[1]));
}

#[test]
fn what_is_replayed_and_what_a_document_holds_is_delivered_too() {
    let mut host = Host::default();
    for number in 1..=4 {
        host.publish(&number.to_string(), &["a"]);
    }
    host.connect(1, &earliest(&["a"]));
    assert_eq!(figures(&host).of("deliveries"), 4);
    read(&mut host, 2, &live(&["a"]).with_finite_read(all(ReadForm::Json)));
    let figures = figures(&host);
    assert_eq!(figures.of("deliveries"), 8);
    assert_eq!(figures.in_group("ended"), [("read", 1)]);
    assert_eq!(figures.of("delivered.bytes"), given(&host, &[1, 2]).0);
}

#[test]
fn a_heartbeat_is_bytes_and_no_delivery() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    host.wait(Duration::from_mins(1));
    host.beat();
    let figures = figures(&host);
    assert_eq!(figures.of("deliveries"), 0);
    assert_eq!((figures.of("delivered.bytes"), figures.of("delivered.chunks")), given(&host, &[1]));
}

#[test]
fn an_update_counts_when_it_is_durable_and_its_latency_is_from_then_to_its_flush() {
    let mut host = Host::default().lingering(Duration::from_millis(50)).turning_after(256);
    (1..=200).for_each(|connection| host.connect(connection, &live(&["a"])));
    host.append(update("0", &["a"]));
    assert_eq!(figures(&host).of("updates.publication"), 0);
    host.wait(Duration::from_millis(4));
    host.commit();
    let first = figures(&host);
    assert_eq!(first.in_group("latency"), [("5", 1), ("sum", 4)]);
    assert_eq!(first.in_group("flush size"), [("1", 1), ("sum", 1)]);
    (1..=200).for_each(|connection| host.read(connection));
    host.publish("1", &["a"]);
    host.publish("2", &["a"]);
    assert_eq!(figures(&host).of("latency.sum"), 4, "they linger");
    assert_eq!(figures(&host).of("linger"), 10);
    host.wait(Duration::from_millis(10));
    host.flush();
    let second = figures(&host);
    assert_eq!(second.in_group("latency"), [("5", 1), ("10", 2), ("sum", 24)]);
    assert_eq!(second.in_group("flush size"), [("1", 1), ("2", 1), ("sum", 3)]);
    assert_eq!(second.in_group("flush duration"), [("1", 2)]);
}

#[test]
fn a_flush_lasts_from_its_first_turn_to_its_last() {
    let mut host = Host::default().lingering(Duration::from_millis(50)).turning_after(1);
    (1..=3).for_each(|connection| host.connect(connection, &live(&["a"])));
    host.append(update("1", &["a"]));
    let newest = host.hub.log().tail().next();
    let mut flush = host.hub.commit(newest, host.now);
    while flush.next.is_some() {
        host.carry_out(flush.effects);
        assert_eq!(figures(&host).in_group("flush duration"), []);
        host.wait(Duration::from_millis(7));
        flush = host.hub.flush(host.now);
    }
    assert_eq!(figures(&host).in_group("flush duration"), [("25", 1), ("sum", 14)]);
}

#[test]
fn a_reader_far_behind_reads_pages_of_the_history_and_one_at_the_end_the_window() {
    let mut host = Host::keeping(u64::MAX, 2);
    for number in 1..=9 {
        host.publish(&number.to_string(), &["a"]);
        host.prune();
    }
    let before = host.history.pages() as u64;
    host.connect(1, &earliest(&["a"]));
    let read = host.history.pages() as u64 - before;
    assert!(read >= 3, "{read}");
    assert_eq!(figures(&host).of("reads.history"), read);
    assert!(figures(&host).of("reads.window") >= 1);
    host.connect(2, &live(&["b"]));
    let hits = figures(&host).of("reads.window");
    host.publish("10", &["a"]);
    host.read(1);
    assert_eq!(figures(&host).of("reads.history"), read);
    assert_eq!(figures(&host).of("reads.window"), hits, "a flush is no reading");
    assert_eq!(figures(&host).of("window.updates"), 3);
}

#[test]
fn the_history_tells_how_much_it_holds_since_when() {
    let mut host = Host::keeping(2, 1);
    for number in 1..=3 {
        host.wait(Duration::from_secs(1));
        host.publish(&number.to_string(), &["a"]);
        host.prune();
    }
    let closing = Closing { topic: "b".parse().unwrap(), reason: EndReason::Done, private: false };
    host.append_closing(&closing);
    host.commit();
    let figures = figures(&host);
    assert_eq!(figures.of("history.publication.updates"), 2);
    assert_eq!(figures.of("history.publication.oldest"), 1_002_000);
    let bytes = 2 * update("1", &["a"]).stored_bytes() as u64;
    assert_eq!(figures.of("history.publication.bytes"), bytes);
    assert_eq!(figures.in_group("history.subscription"), []);
    assert_eq!((figures.of("closed"), figures.of("updates.closing")), (1, 1));
}

#[test]
fn slow_readers_are_counted_by_policy_and_by_what_became_of_them() {
    let far_behind = |policy| {
        let mut host = Host::default();
        host.hub = host.hub.with_slow_consumers(policy);
        host.connect(1, &live(&["*"]));
        for number in 0..=SLOW_AFTER_UPDATES + 1 {
            host.publish(&number.to_string(), &["a"]);
        }
        host.wait(SLOW_FOR);
        host.beat();
        host
    };
    let mut host = far_behind(SlowConsumers::Conflate);
    host.read(1);
    let counts = figures(&host);
    assert_eq!(counts.in_group("slow"), [("conflate.left out", SLOW_AFTER_UPDATES)]);
    assert_eq!(counts.of("deliveries"), host.got(1).len() as u64);
    let counts = figures(&far_behind(SlowConsumers::Evict));
    assert_eq!(counts.in_group("slow"), [("evict.ended", 1)]);
    assert_eq!(counts.in_group("ended"), [("too slow", 1)]);
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    host.publish("1", &["a"]);
    host.wait(Duration::from_mins(10));
    host.beat();
    let counts = figures(&host);
    assert_eq!(counts.in_group("slow"), [("any.ended", 1)], "it took nothing for two heartbeats");
}

#[test]
fn ends_are_counted_by_reason_and_the_memory_as_it_is_charged() {
    let mut host = Host::default();
    host.hub = host.hub.with_memory(Memory::of(1 << 20));
    host.connect(1, &live(&["a"]));
    host.connect(2, &live(&["b"]));
    host.publish("1", &["a"]);
    host.send_one(1, "for it alone");
    let held = host.hub.registry().held();
    let counts = figures(&host);
    let parts = ["connections", "audiences", "queues"].map(|part| {
        let part = counts.of(&format!("memory.{part}"));
        assert!(part > 0);
        part
    });
    assert_eq!(parts.iter().sum::<u64>(), held.bytes() as u64);
    assert_eq!(counts.of("memory.limit"), 1 << 20);
    host.hub.remove(id(1), CloseReason::ClientGone).unwrap();
    host.hub.remove(id(2), CloseReason::Expired).unwrap();
    let counts = figures(&host);
    assert_eq!(counts.in_group("ended"), [("client gone", 1), ("expired", 1)]);
    assert_eq!(counts.in_group("memory"), [("limit", 1 << 20)]);
    assert_eq!(counts.in_group("connections.stream"), []);
}
