use proptest::prelude::*;

use super::*;
use crate::{publishing::idempotency_key::IdempotencyKey, tokens::publisher::KeySpace};

const MINUTES_5: u64 = 300_000;

/// A key of the first publisher, or with another digit behind `/` of another.
fn key(text: &str) -> OwnedKey {
    let (text, publisher) = text.split_once('/').unwrap_or((text, "0"));
    let space = KeySpace::of_digest(publisher.as_bytes());
    OwnedKey { space, key: IdempotencyKey::parse(text).unwrap() }
}

fn body(text: &str) -> Fingerprint {
    Fingerprint::new("application/json", text.as_bytes())
}

const fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn idempotency() -> Idempotency {
    Idempotency::new(Rc::new(MemoryOutcomes::default()))
}

fn outcome(fingerprint: &Fingerprint, id: &str, millis: u64) -> Outcome {
    let id = id.parse().unwrap();
    Outcome { fingerprint: fingerprint.clone(), id, connections: 3, at: at(millis) }
}

/// Publishes as the first under this key.
fn publish(keys: &mut Idempotency, name: &str, text: &str, millis: u64) -> Outcome {
    assert_eq!(keys.begin(&key(name), &body(text), at(millis)), Ok(Turn::First));
    let outcome = outcome(&body(text), name, millis);
    keys.remember(&key(name), &outcome).unwrap();
    keys.end(&key(name));
    outcome
}

#[test]
fn the_same_key_and_body_get_the_answer_of_the_first_time() {
    let mut keys = idempotency();
    let outcome = publish(&mut keys, "k", "x", 0);
    assert_eq!(keys.begin(&key("k"), &body("x"), at(MINUTES_5)), Ok(Turn::Again(outcome)));
    assert_eq!(keys.begin(&key("other"), &body("x"), at(0)), Ok(Turn::First));
}

#[test]
fn the_same_key_with_another_body_is_told_in_flight_and_later() {
    let mut keys = idempotency();
    keys.begin(&key("k"), &body("x"), at(0)).unwrap();
    assert_eq!(keys.begin(&key("k"), &body("y"), at(0)), Ok(Turn::Mismatch));
    keys.end(&key("k"));
    publish(&mut keys, "k", "x", 0);
    assert_eq!(keys.begin(&key("k"), &body("y"), at(0)), Ok(Turn::Mismatch));
}

#[test]
fn the_second_waits_for_the_first_even_when_its_outcome_is_written_already() {
    let mut keys = idempotency();
    keys.begin(&key("k"), &body("x"), at(0)).unwrap();
    keys.remember(&key("k"), &outcome(&body("x"), "1", 0)).unwrap();
    assert_eq!(keys.begin(&key("k"), &body("x"), at(0)), Ok(Turn::Wait));
    keys.end(&key("k"));
    assert!(matches!(keys.begin(&key("k"), &body("x"), at(0)), Ok(Turn::Again(_))));
}

#[test]
fn a_first_that_failed_leaves_its_place_to_the_second() {
    let mut keys = idempotency();
    keys.begin(&key("k"), &body("x"), at(0)).unwrap();
    keys.end(&key("k"));
    assert_eq!(keys.begin(&key("k"), &body("y"), at(0)), Ok(Turn::First));
}

#[test]
fn a_key_is_forgotten_after_five_minutes() {
    let mut keys = idempotency();
    publish(&mut keys, "k", "x", 1_000);
    assert_eq!(keys.begin(&key("k"), &body("y"), at(1_001 + MINUTES_5)), Ok(Turn::First));
}

#[test]
fn the_key_of_another_publisher_is_another_key() {
    let mut keys = idempotency();
    let outcome = publish(&mut keys, "k/1", "x", 0);
    assert_eq!(keys.begin(&key("k/2"), &body("y"), at(0)), Ok(Turn::First));
    assert_eq!(keys.begin(&key("k/1"), &body("x"), at(0)), Ok(Turn::Again(outcome)));
    assert_eq!(keys.begin(&key("k/1"), &body("y"), at(0)), Ok(Turn::Mismatch));
    assert_eq!(keys.begin(&key("k/2"), &body("x"), at(0)), Ok(Turn::Mismatch));
}

#[test]
fn one_publisher_fills_a_quarter_and_its_next_key_waits_for_an_old_one_to_be_forgotten() {
    let mut keys = idempotency();
    for number in 0..MAX_IDEMPOTENCY_KEYS_OF_PUBLISHER - 1 {
        publish(&mut keys, &number.to_string(), "x", 0);
    }
    assert_eq!(keys.begin(&key("in-flight"), &body("x"), at(1)), Ok(Turn::First));
    assert_eq!(keys.begin(&key("k"), &body("x"), at(1)), Ok(Turn::Full));
    assert!(matches!(keys.begin(&key("1"), &body("x"), at(1)), Ok(Turn::Again(_))));
    assert_eq!(keys.begin(&key("k/1"), &body("x"), at(1)), Ok(Turn::First));
    assert_eq!(keys.begin(&key("k"), &body("x"), at(1 + MINUTES_5)), Ok(Turn::First));
}

#[test]
fn what_cannot_be_remembered_is_not_begun_until_an_old_key_is_forgotten() {
    let mut keys = idempotency();
    for number in 0..MAX_IDEMPOTENCY_KEYS {
        let publisher = number / MAX_IDEMPOTENCY_KEYS_OF_PUBLISHER;
        publish(&mut keys, &format!("{number}/{publisher}"), "x", 0);
    }
    assert_eq!(keys.begin(&key("k/9"), &body("x"), at(1)), Ok(Turn::Full));
    assert!(matches!(keys.begin(&key("1/0"), &body("x"), at(1)), Ok(Turn::Again(_))));
    assert_eq!(keys.begin(&key("k/9"), &body("x"), at(1 + MINUTES_5)), Ok(Turn::First));
}

#[test]
fn a_store_is_empty_until_it_remembers_and_when_it_has_forgotten() {
    let outcomes = MemoryOutcomes::default();
    assert!(outcomes.is_empty());
    outcomes.remember(&key("k"), &outcome(&body("x"), "1", 5)).unwrap();
    outcomes.forget(at(5)).unwrap();
    assert_eq!((outcomes.is_empty(), outcomes.len()), (false, 1));
    outcomes.forget(at(6)).unwrap();
    assert_eq!((outcomes.is_empty(), outcomes.len()), (true, 0));
}

#[test]
fn a_fingerprint_tells_bodies_and_media_types_apart() {
    assert_eq!(body("x"), body("x"));
    assert_ne!(body("x"), body("y"));
    assert_ne!(body("x"), Fingerprint::new("application/x-www-form-urlencoded", b"x"));
    assert_eq!(Fingerprint::new("", b"").as_str(), "0-af63bd4c8601b7df");
    assert_eq!(Fingerprint::stored(body("x").as_str().to_owned()), body("x"));
}

proptest! {
    /// Whatever comes in whatever order: within five minutes a key stands for one update.
    #[test]
    fn one_update_for_a_key_within_its_time(
        steps in proptest::collection::vec((0_u8..3, 0_u8..2, 0_u8..3, 0_u64..90_000), 1..80),
    ) {
        let mut keys = idempotency();
        let (mut now, mut next) = (0, 0);
        let mut in_flight: HashMap<String, Fingerprint> = HashMap::new();
        let mut published: HashMap<String, Outcome> = HashMap::new();
        for (name, text, step, pause) in steps {
            now += pause;
            let (name, text) = (name.to_string(), body(&text.to_string()));
            if step == 0 && let Some(first) = in_flight.remove(&name) {
                next += 1;
                let outcome = outcome(&first, &next.to_string(), now);
                keys.remember(&key(&name), &outcome).unwrap();
                keys.end(&key(&name));
                published.insert(name, outcome);
                continue;
            }
            let held = published.get(&name).filter(|held| now - held.at.as_millis() <= MINUTES_5);
            let expected = match (in_flight.get(&name), held) {
                (Some(first), _) if *first == text => Turn::Wait,
                (None, Some(held)) if held.fingerprint == text => Turn::Again(held.clone()),
                (None, None) => Turn::First,
                _ => Turn::Mismatch,
            };
            prop_assert_eq!(keys.begin(&key(&name), &text, at(now)), Ok(expected.clone()));
            if expected == Turn::First {
                in_flight.insert(name, text);
            }
        }
    }
}

#[test]
fn an_answer_that_is_given_again_is_a_hit_and_nothing_else_is() {
    let mut keys = idempotency();
    publish(&mut keys, "k", "x", 0);
    keys.begin(&key("k"), &body("y"), at(0)).unwrap();
    keys.begin(&key("new"), &body("x"), at(0)).unwrap();
    keys.begin(&key("new"), &body("x"), at(0)).unwrap();
    let hits = |keys: &Idempotency| {
        let mut figures = Figures::default();
        keys.tell(&mut figures);
        figures.of("idempotency.hits")
    };
    assert_eq!(hits(&keys), 0);
    keys.begin(&key("k"), &body("x"), at(1)).unwrap();
    keys.begin(&key("k"), &body("x"), at(2)).unwrap();
    assert_eq!(hits(&keys), 2);
}
