//! Finite reads with a limit, one behind the other, and what they tell of gaps.

use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

use super::{
    Host,
    finite::{FORMS, all, document, held, page, read, text, up_to},
    host::{after, earliest, id, live, place},
    topics::{granted, private},
    update,
};
use crate::{
    base::limits::MAX_SCAN_UPDATES,
    hub::{
        engine::closings::Left, finite_read::ReadForm, hub_events::HubEvents,
        subscribe_request::SubscribeRequest, subscriber::Subscriber,
    },
    log::update::EncodedUpdate,
    tokens::access::Access,
};

#[test]
fn a_limit_ends_a_page_behind_its_last_update() {
    for form in FORMS {
        let mut host = Host::default();
        for number in 1..=3 {
            host.publish(&number.to_string(), &["a"]);
            host.publish("other", &["b"]);
        }
        for (limit, expected) in [(1, &["1"][..]), (3, &["1", "2", "3"]), (9, &["1", "2", "3"])] {
            read(&mut host, 1, &live(&["a"]).with_finite_read(up_to(limit, form)));
            assert_eq!(page(&host, 1, form).0, expected, "{form:?}, {limit}");
        }
    }
}

#[test]
fn a_gap_is_told_ahead_of_the_update_behind_it_and_once_for_a_document() {
    let mut host = Host::keeping(2, 0);
    for number in 1..=5 {
        host.publish(&number.to_string(), &["a"]);
    }
    host.prune();
    let told =
        |requested: &str, first| json!({ "requested": requested, "first": first, "missed": null });
    let cases = [("gone", Value::Null, vec![]), (&*place(9, 1), json!("4"), vec!["4", "5"])];
    for (asked, first, ids) in cases {
        let request = |form| after(asked, &["a"]).with_finite_read(all(form));
        read(&mut host, 1, &request(ReadForm::Json));
        assert_eq!(document(&host, 1)["gap"], told(asked, first.clone()));
        assert_eq!(page(&host, 1, ReadForm::Json), (own(&ids), place(1, 5)));
        let text = text(&host, 1);
        assert!(
            text.find("\"gap\"") < text.find("\"lastEventID\"") && text.matches("gap").count() == 1
        );
        read(&mut host, 1, &request(ReadForm::EventStream));
        let gap = format!(r#"gap {{"requested":"{asked}","first":{first},"missed":null}}"#);
        assert_eq!(host.got(1), [vec![gap], own(&ids)].concat());
    }
    // Without a last event ID nothing was missed.
    read(&mut host, 1, &held(&["a"], ReadForm::Json));
    assert_eq!(document(&host, 1).get("gap"), None);
}

fn own(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

#[test]
fn a_row_that_cannot_be_read_is_a_gap_of_the_document() {
    let mut host = Host::keeping(u64::MAX, 0);
    for number in 1..=5 {
        host.publish(&number.to_string(), &["a"]);
    }
    host.prune();
    host.history.break_at(3);
    read(&mut host, 1, &held(&["a"], ReadForm::Json));
    assert_eq!(page(&host, 1, ReadForm::Json).0, ["1", "2", "4", "5"]);
    let gap = json!({ "requested": null, "first": "4", "missed": null });
    assert_eq!(document(&host, 1)["gap"], gap);
}

#[test]
fn who_comes_back_is_known_to_have_nothing_left_or_something() {
    let mut host = Host::keeping(3, 0);
    host.publish("0", &["a"]);
    host.publish("1", &["a"]);
    host.publish("2", &["b"]);
    let left = |host: &Host, request: SubscribeRequest| {
        let (request, access) =
            (request.returning().with_finite_read(all(ReadForm::EventStream)), Access::default());
        let subscriber =
            Subscriber { id: id(1), request: &request, access: &access, resumes: None };
        host.hub.left(subscriber, None, host.now).unwrap()
    };
    assert_eq!(left(&host, after("1", &["a"])), Left::Nothing);
    assert_eq!(left(&host, after("0", &["a"])), Left::Something);
    assert_eq!(left(&host, after(&place(9, 3), &["a", "b"])), Left::Nothing);
    host.append(private("3", &["a"]));
    host.commit();
    assert_eq!(left(&host, after("1", &["a"])), Left::Nothing);
    assert_eq!(left(&host, after("unknown", &["a"])), Left::Something, "a gap");
    let hidden = after("unknown", &["a"]).with_hub_events(HubEvents::Hidden);
    assert_eq!(left(&host, hidden), Left::Nothing);
    let mut host = Host::default();
    (0..=MAX_SCAN_UPDATES).for_each(|number| host.append(update(&number.to_string(), &["b"])));
    host.append(update("last", &["a"]));
    host.commit();
    let Left::Behind(at) = left(&host, earliest(&["a"]).returning()) else {
        panic!("it was known at once")
    };
    let request = earliest(&["a"]).returning().with_finite_read(all(ReadForm::EventStream));
    let subscriber =
        Subscriber { id: id(1), request: &request, access: &Access::default(), resumes: None };
    assert_eq!(host.hub.left(subscriber, Some(at), host.now).unwrap(), Left::Something);
}

fn any_update() -> impl Strategy<Value = (&'static [&'static str], bool)> {
    let topics: [&[&str]; 4] = [&["a"], &["b"], &["a", "b"], &["c"]];
    (select(Vec::from(topics)), proptest::bool::weighted(0.3))
}

proptest! {
    #[test]
    fn pages_of_any_limit_together_are_exactly_what_is_held_for_the_reader(
        updates in vec(any_update(), 0..40),
        limits in vec(1_u64..7, 1..4),
        asked in select(vec![&["a"][..], &["a", "b"], &["*"]]),
        grants in select(vec![&[][..], &["a"], &["*"]]),
        (window, json) in (0_u64..40, any::<bool>()),
    ) {
        let form = if json { ReadForm::Json } else { ReadForm::EventStream };
        let mut host = Host::keeping(u64::MAX, window);
        for (number, (topics, is_private)) in updates.iter().enumerate() {
            let update = EncodedUpdate { private: *is_private, ..update(&number.to_string(), topics) };
            host.append(update);
        }
        host.commit();
        host.prune();
        let is_for = |selectors: &[&str], topics: &[&str]| {
            selectors.contains(&"*") || topics.iter().any(|topic| selectors.contains(topic))
        };
        let expected: Vec<String> = updates.iter().enumerate()
            .filter(|(_, (topics, is_private))| is_for(asked, topics) && (!is_private || is_for(grants, topics)))
            .map(|(number, _)| number.to_string())
            .collect();
        let access = granted(grants);
        let (mut got, mut request) = (Vec::new(), live(asked));
        for limit in limits.iter().cycle().take(60) {
            host.subscribe_with(1, &request.with_finite_read(up_to(*limit, form)), &access);
            host.read(1);
            let (ids, behind) = page(&host, 1, form);
            prop_assert!(ids.len() as u64 <= *limit);
            if ids.is_empty() {
                break;
            }
            got.extend(ids);
            request = after(&behind, asked);
        }
        prop_assert_eq!(&got, &expected);
        // The whole is one page without a limit, too.
        host.subscribe_with(2, &held(asked, form), &access);
        host.read(2);
        prop_assert_eq!(page(&host, 2, form).0, expected);
    }
}
