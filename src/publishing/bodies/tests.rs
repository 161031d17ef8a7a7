use super::*;

const ADMITTED: Sender = Sender::Admitted;
const STRANGER: Sender = Sender::Stranger(None);

const fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

const fn rest(bytes: usize) -> Held {
    Held { bytes, missing: Missing::Rest }
}

const fn next(bytes: usize) -> Held {
    Held { bytes, missing: Missing::Next }
}

/// Bodies that tell their own numbers, as many as entered before them.
type Numbered = Bodies<u64>;

fn enter(
    bodies: &mut Numbered,
    (sender, held): (Sender, Held),
    now: Timestamp,
) -> Result<BodyId, TooManyBodies> {
    let arriving = Arriving { sender, missing: held.missing, tells: bodies.named };
    let id = bodies.enter(arriving, now)?;
    bodies.hold(id, held, now).map(|()| id)
}

fn given_up(bodies: &mut Numbered) -> Vec<BodyId> {
    bodies.given_up().into_iter().map(|(number, _)| BodyId(number)).collect()
}

#[test]
fn a_body_that_is_silent_within_an_update_is_given_up_and_one_between_two_waits_longer() {
    let mut bodies = Numbered::default();
    let amid = enter(&mut bodies, (ADMITTED, rest(1)), at(0)).unwrap();
    let between = enter(&mut bodies, (STRANGER, next(1)), at(0)).unwrap();
    assert_eq!(bodies.look_at(), Some(at(10_000)));
    bodies.look(at(9_999));
    assert_eq!(bodies.given_up(), []);
    bodies.hold(amid, rest(2), at(9_999)).unwrap();
    bodies.look(at(19_998));
    assert_eq!(bodies.given_up(), []);
    bodies.look(at(19_999));
    assert_eq!(bodies.given_up(), [(amid.0, BODY_SILENCE)]);
    assert_eq!(bodies.look_at(), Some(at(600_000)));
    bodies.look(at(600_000));
    assert_eq!(bodies.given_up(), [(between.0, STREAM_SILENCE)]);
    assert_eq!((bodies.look_at(), bodies.bytes), (None, 0));
}

#[test]
fn over_the_number_the_one_that_was_silent_for_the_longest_gives_way() {
    let mut bodies = Numbered::default();
    let silent = enter(&mut bodies, (STRANGER, rest(1)), at(0)).unwrap();
    let ids: Vec<_> =
        (1..MAX_BODIES).map(|_| enter(&mut bodies, (STRANGER, rest(1)), at(1)).unwrap()).collect();
    assert_eq!(
        enter(&mut bodies, (STRANGER, rest(1)), at(999)),
        Err(TooManyBodies::OfHub(MAX_BODIES))
    );
    bodies.hold(ids[0], rest(2), at(999)).unwrap();
    let new = enter(&mut bodies, (ADMITTED, rest(1)), at(1_000)).unwrap();
    assert_eq!(given_up(&mut bodies), [silent]);
    assert_eq!(bodies.in_flight.len(), MAX_BODIES);
    bodies.leave(new);
    enter(&mut bodies, (STRANGER, rest(1)), at(1_000)).unwrap();
    assert_eq!(given_up(&mut bodies), []);
}

#[test]
fn one_with_a_token_goes_before_those_without() {
    let mut bodies = Numbered::default();
    let ids: Vec<_> =
        (0..MAX_BODIES).map(|_| enter(&mut bodies, (STRANGER, rest(1)), at(0)).unwrap()).collect();
    let refused = enter(&mut bodies, (STRANGER, rest(1)), at(1));
    assert_eq!(refused, Err(TooManyBodies::OfHub(MAX_BODIES)));
    assert!(enter(&mut bodies, (ADMITTED, rest(1)), at(1)).is_ok());
    assert_eq!(given_up(&mut bodies), [ids[0]]);
}

#[test]
fn a_publisher_with_a_token_that_only_waits_keeps_its_place() {
    let mut bodies = Numbered::default();
    for _ in 0..MAX_BODIES {
        enter(&mut bodies, (ADMITTED, next(0)), at(0)).unwrap();
    }
    let refused = enter(&mut bodies, (ADMITTED, rest(1)), at(100_000));
    assert_eq!(refused, Err(TooManyBodies::OfHub(MAX_BODIES)));
    assert_eq!(bodies.given_up(), []);
}

#[test]
fn strangers_of_one_address_have_a_share() {
    let mut bodies = Numbered::default();
    let of = |address: &str| Sender::Stranger(Some(address.to_owned()));
    let first = enter(&mut bodies, (of("a"), rest(0)), at(0)).unwrap();
    for _ in 1..MAX_BODIES_OF_ADDRESS {
        enter(&mut bodies, (of("a"), rest(0)), at(0)).unwrap();
    }
    let refused = Err(TooManyBodies::OfAddress(MAX_BODIES_OF_ADDRESS));
    assert_eq!(enter(&mut bodies, (of("a"), rest(0)), at(5_000)), refused);
    assert!(enter(&mut bodies, (of("b"), rest(0)), at(0)).is_ok());
    assert!(enter(&mut bodies, (STRANGER, rest(0)), at(0)).is_ok());
    bodies.leave(first);
    assert!(enter(&mut bodies, (of("a"), rest(0)), at(0)).is_ok());
}

#[test]
fn over_the_bytes_one_that_is_silent_gives_way_and_else_the_largest() {
    let mut bodies = Numbered::default();
    let half = MAX_BODIES_BYTES / 2;
    let small = enter(&mut bodies, (ADMITTED, rest(1)), at(0)).unwrap();
    let large = enter(&mut bodies, (ADMITTED, rest(half)), at(500)).unwrap();
    let growing = enter(&mut bodies, (ADMITTED, rest(1)), at(500)).unwrap();
    bodies.hold(growing, rest(half - 2), at(500)).unwrap();
    // Nobody is silent: the one that asks for most is refused.
    let refused = bodies.hold(growing, rest(half + 1), at(500));
    assert_eq!(refused, Err(TooManyBodies::Bytes(MAX_BODIES_BYTES)));
    assert_eq!(bodies.given_up(), []);
    bodies.leave(growing);
    let other = enter(&mut bodies, (STRANGER, rest(half - 2)), at(500)).unwrap();
    // An honest one that is small goes before the largest.
    bodies.hold(small, rest(100), at(501)).unwrap();
    assert_eq!(given_up(&mut bodies), [large]);
    let later = enter(&mut bodies, (ADMITTED, rest(half - 200)), at(600)).unwrap();
    bodies.hold(small, rest(2_000), at(1_500)).unwrap();
    assert_eq!(given_up(&mut bodies), [other]);
    bodies.leave(later);
    assert_eq!(bodies.bytes, 2_000);
}

#[test]
fn what_a_body_no_longer_holds_is_room_for_others() {
    let mut bodies = Numbered::default();
    let id = enter(&mut bodies, (ADMITTED, rest(MAX_BODIES_BYTES)), at(0)).unwrap();
    assert!(!bodies.has_room());
    bodies.hold(id, next(0), at(0)).unwrap();
    assert!(bodies.has_room());
    assert!(enter(&mut bodies, (ADMITTED, rest(MAX_BODIES_BYTES)), at(0)).is_ok());
    // What has left may still be told of.
    bodies.leave(id);
    bodies.hold(id, rest(MAX_BODIES_BYTES), at(0)).unwrap();
    assert_eq!(bodies.bytes, MAX_BODIES_BYTES);
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_bounds_hold_whatever_comes(
            steps in proptest::collection::vec((0_u8..4, 0_usize..(3 << 20), 0_u64..3_000), 1..200),
        ) {
            let (mut bodies, mut ids, mut now) = (Numbered::default(), Vec::new(), 0);
            for (step, bytes, pause) in steps {
                now += pause;
                let held = if bytes % 3 == 0 { next(bytes % 5_000) } else { rest(bytes) };
                let sender = if bytes % 2 == 0 { ADMITTED } else { STRANGER };
                match (step, ids.get(bytes % ids.len().max(1)).copied()) {
                    (0 | 1, _) => ids.extend(enter(&mut bodies, (sender, held), at(now))),
                    (2, Some(id)) => {
                        let _ = bodies.hold(id, held, at(now));
                    }
                    (_, Some(id)) => bodies.leave(id),
                    _ => bodies.look(at(now)),
                }
                let sum: usize = bodies.in_flight.iter().map(|body| body.held.bytes).sum();
                prop_assert_eq!(sum, bodies.bytes);
                prop_assert!(sum <= MAX_BODIES_BYTES && bodies.in_flight.len() <= MAX_BODIES);
                for id in given_up(&mut bodies) {
                    prop_assert!(bodies.get_mut(id).is_none());
                }
            }
        }
    }
}

#[test]
fn a_full_hub_gives_up_a_body_that_is_silent_and_none_that_moves_or_waits_with_a_token() {
    let silent = at(u64::try_from(GIVES_WAY_AFTER.as_millis()).unwrap());
    let just_before = at(silent.as_millis() - 1);
    for (held, now, makes_room) in
        [(rest(1), silent, true), (rest(1), just_before, false), (next(1), silent, false)]
    {
        let mut bodies = Numbered::default();
        for _ in 0..MAX_BODIES {
            enter(&mut bodies, (ADMITTED, held), at(0)).unwrap();
        }
        let entered = enter(&mut bodies, (STRANGER, rest(1)), now);
        assert_eq!(entered.is_ok(), makes_room, "{held:?} at {now:?}");
    }
}

#[test]
fn bodies_are_read_ahead_into_one_half_of_the_room() {
    let mut bodies = Numbered::default();
    let id = enter(&mut bodies, (ADMITTED, rest(MAX_BODIES_BYTES / 2 - 1)), at(0)).unwrap();
    assert!(bodies.has_room());
    bodies.hold(id, rest(MAX_BODIES_BYTES / 2), at(0)).unwrap();
    assert!(!bodies.has_room());
}
