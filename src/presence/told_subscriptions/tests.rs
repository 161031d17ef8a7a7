use super::*;
use crate::{
    base::dialect::Dialect,
    tokens::grants::{Grants, Selector, SubscribeGrant},
};

fn subscriptions(count: usize, name: &str) -> Vec<Subscription> {
    (0..count).map(|at| Subscription::topic(&format!("{name}{at}")).unwrap()).collect()
}

/// A token with a payload, as JSON, of each of the details.
fn access(payloads: &[(&str, &str)]) -> Access {
    let subscribe = payloads.iter().map(|(topic, payload)| SubscribeGrant {
        topics: vec![Selector::Exact((*topic).to_owned())],
        payload: Some((*payload).to_owned()),
    });
    let grants = Grants {
        dialect: Dialect::V1,
        publish: Vec::new(),
        has_publish_claim: false,
        subscribe: subscribe.collect(),
        expires: None,
    };
    Access::new(grants, &()).unwrap()
}

fn told(subscriptions: &[Subscription], access: &Access) -> (ToldSubscriptions, Untold) {
    let id = ConnectionId::from_random([7; 16]);
    let subscriber = Subscriber { hub: "/.well-known/mercure", id, access };
    ToldSubscriptions::new(subscriber, subscriptions, &())
}

#[test]
fn what_is_asked_for_twice_is_told_once() {
    let twice = [subscriptions(2, "a"), subscriptions(2, "a")].concat();
    let (told, untold) = told(&twice, &Access::default());
    assert_eq!((told.as_slice().len(), untold), (2, Untold::default()));
}

#[test]
fn of_many_subscriptions_the_first_are_told() {
    let (told, untold) = told(&subscriptions(1_000, "a"), &Access::default());
    assert_eq!(told.as_slice().len(), MAX_TOLD_SUBSCRIPTIONS);
    assert_eq!(untold.subscriptions, 1_000 - MAX_TOLD_SUBSCRIPTIONS);
    assert!(told.as_slice()[99].asks_for(MatchType::Topic, "a99"));
    assert!(told.bytes() < 40_000, "{}", told.bytes());
}

#[test]
fn of_long_subscriptions_as_many_are_told_as_fit() {
    let (told, untold) = told(&subscriptions(90, &"x".repeat(3_000)), &Access::default());
    assert!(told.bytes() <= MAX_TOLD_BYTES && told.bytes() > MAX_TOLD_BYTES - 10_000);
    assert_eq!(told.as_slice().len() + untold.subscriptions, 90);
}

#[test]
fn one_whose_url_is_longer_than_a_topic_is_left_out_alone() {
    let long = Subscription::topic(&"/".repeat(2_000)).unwrap();
    let (told, untold) = told(&[vec![long], subscriptions(2, "a")].concat(), &Access::default());
    assert_eq!((told.as_slice().len(), untold.subscriptions), (2, 1));
}

#[test]
fn a_payload_is_held_once_and_one_that_is_too_large_is_left_out() {
    let large = format!("\"{}\"", "x".repeat(30_000));
    let access = access(&[("large", &large), ("*", r#"{"a":1}"#)]);
    let asked = ["large", "a", "b"].map(|topic| Subscription::exact(topic).unwrap());
    let (told, untold) = told(&asked, &access);
    assert_eq!(untold, Untold { subscriptions: 0, payloads: 1 });
    let payloads: Vec<_> =
        told.as_slice().iter().map(|active| active.payload().map(<str>::as_ptr)).collect();
    assert_eq!(payloads[0], None);
    assert_eq!(payloads[1], payloads[2]);
    assert!(told.bytes() < 2_000, "{}", told.bytes());
}

#[test]
fn memory_counts_each_subscription_and_a_shared_payload_once() {
    let payload = format!("\"{}\"", "x".repeat(1_000));
    let access = access(&[("*", &payload)]);
    let held = |count| told(&subscriptions(count, "a"), &access).0.held_bytes();
    assert_eq!(told(&[], &access).0.held_bytes(), 0);
    let each = held(2) - held(1);
    assert!((64..1_000).contains(&each), "{each}");
    assert!(held(1) > 1_000 + each && held(3) == held(2) + each);
}

#[test]
fn what_a_store_keeps_tells_the_same() {
    let access = access(&[("a", "{\n\"user\":\r\n \"é\"}"), ("b 1", "2")]);
    let urls = crate::topics::url_parser::native::NativeUrlParser::new("https://hub.example/");
    let asked = [
        Subscription::exact("a").unwrap(),
        Subscription::exact("b 1").unwrap(),
        Subscription::exact("c").unwrap(),
        Subscription::url_pattern("/books/:id", &urls).unwrap(),
        Subscription::topic(" - x").unwrap(),
    ];
    let (told, _) = told(&asked, &access);
    let stored = told.to_stored().unwrap();
    assert_eq!(stored.payloads.lines().count(), 2);
    let again = ToldSubscriptions::from_stored(&stored).unwrap();
    let documents = |told: &ToldSubscriptions| {
        let events =
            told.as_slice().iter().map(|active| active.event(Change::Ended).unwrap().document);
        events.map(|document| document.replace(['\n', '\r'], " ")).collect::<Vec<_>>()
    };
    assert_eq!(documents(&again), documents(&told));
}

#[test]
fn what_no_store_has_kept_is_nothing() {
    let (told, _) = told(&subscriptions(1, "a"), &Access::default());
    let stored = told.to_stored().unwrap();
    let broken = |subscriptions: &str| {
        let subscriptions = subscriptions.to_owned();
        ToldSubscriptions::from_stored(&Stored { subscriptions, ..stored.clone() })
    };
    for text in ["", "topic", "topic -", "regexp - a", "topic 0 a", "topic x a"] {
        assert_eq!(broken(text), None, "{text}");
    }
    let subscriber = "nobody".to_owned();
    assert_eq!(ToldSubscriptions::from_stored(&Stored { subscriber, ..stored }), None);
    assert_eq!(ToldSubscriptions::default().to_stored(), None);
}
