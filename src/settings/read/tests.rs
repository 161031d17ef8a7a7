use std::time::Duration;

use super::*;
use crate::{
    base::rate::Rate,
    hub::{admission::ConnectionLimits, heartbeat::Heartbeat},
    log::{gap::GapEvents, place::PlaceEvents},
    settings::{
        deployment::Deployment, invalid_config::HUBS, level::Level, methods::Methods,
        stream_holder::StreamHolder, table::VARIABLES,
    },
};

#[test]
fn a_variable_of_a_hub_comes_before_that_of_all()
-> Result<(), crate::settings::invalid_config::InvalidConfig> {
    let mut hubs = HubVariables::default();
    hubs.insert("news", "HEARTBEAT", "5s".to_owned())?;
    let variable = |name| (name == "HEARTBEAT").then(|| "20s".to_owned());
    let beat = |hub| Config::of_hub(hub, &hubs, variable).map(|read| read.heartbeat.interval());
    assert_eq!(beat("news")?.unwrap().as_secs(), 5);
    assert_eq!(beat("weather")?.unwrap().as_secs(), 20);
    Ok(())
}

fn read(name: &str, value: &str) -> Result<Config, InvalidConfig> {
    Config::read(|variable| (variable == name).then(|| value.to_owned()))
}

#[test]
fn without_any_variable_everything_has_its_default() {
    let config = Config::read(|_| None).unwrap();
    assert_eq!(config, Config::default());
    assert_eq!(config.retention, Retention::default());
    let kept = config.retention.publications;
    assert_eq!((kept.updates, kept.bytes), (10_000, 67_108_864));
}

#[test]
fn a_time_has_a_unit() {
    let interval = |text: &str| read("HEARTBEAT", text).map(|read| read.heartbeat.interval());
    assert_eq!(interval("500ms"), Ok(Some(Duration::from_millis(500))));
    assert_eq!(interval("2m"), Ok(Some(Duration::from_mins(2))));
    assert_eq!(interval("0"), Ok(None));
    assert_eq!(interval("0s"), Ok(None));
    for wrong in ["15", "s", "1.5s", "-1s", "15 seconds", "99999999999s"] {
        assert_eq!(interval(wrong).unwrap_err().variable(), "HEARTBEAT", "{wrong}");
    }
}

#[test]
fn every_variable_is_read_and_named_when_it_is_wrong() {
    for variable in VARIABLES.into_iter().filter(|name| *name != HUBS) {
        assert_eq!(read(variable, "no such value/").unwrap_err().variable(), variable);
    }
}

#[test]
fn an_age_is_a_time_or_none() {
    let age = |text: &str| read("HISTORY_AGE", text).map(|read| read.retention.age);
    assert_eq!(age("7d"), Ok(Some(Duration::from_hours(7 * 24))));
    assert_eq!(age("24h"), Ok(Some(Duration::from_hours(24))));
    assert_eq!(age("0"), Ok(None));
    assert_eq!(age(""), Ok(None));
    let told = age("1w").unwrap_err().to_string();
    assert!(told.ends_with("a time such as 12h or 7d, or 0 for no limit"), "{told}");
}

#[test]
fn a_topic_stays_closed_for_a_day_or_for_the_time_that_is_set() {
    let closed_age = |text: &str| read("CLOSED_AGE", text).map(|read| read.retention.closed_age);
    assert_eq!(closed_age(""), Ok(Duration::from_hours(24)));
    assert_eq!(closed_age("7d"), Ok(Duration::from_hours(7 * 24)));
    assert!(closed_age("0").is_err());
}

#[test]
fn gaps_are_told_unless_they_are_switched_off() {
    let gap_events = |text: &str| read("GAP_EVENTS", text).map(|read| read.gap_events);
    assert_eq!(gap_events(""), Ok(GapEvents::On));
    assert_eq!(gap_events("false"), Ok(GapEvents::Off));
}

#[test]
fn places_are_told_to_who_asks_no_cache_unless_it_is_said_otherwise() {
    let place_events = |text: &str| read("PLACE_EVENTS", text).map(|read| read.place_events);
    assert_eq!(place_events(""), Ok(PlaceEvents::Auto));
    assert_eq!(place_events("auto"), Ok(PlaceEvents::Auto));
    assert_eq!(place_events("true"), Ok(PlaceEvents::On));
    assert_eq!(place_events("false"), Ok(PlaceEvents::Off));
    assert!(place_events("no-cache").is_err());
}

#[test]
fn each_half_of_a_hub_is_on_unless_it_is_switched_off() {
    let methods = |name: &str, text: &str| read(name, text).map(|read| read.methods);
    assert_eq!(methods("PUBLISHING", ""), Ok(Methods::default()));
    let reading = Methods { publishing: false, subscribing: true };
    assert_eq!(methods("PUBLISHING", "false"), Ok(reading));
    let writing = Methods { publishing: true, subscribing: false };
    assert_eq!(methods("SUBSCRIBING", "false"), Ok(writing));
}

#[test]
fn the_hub_holds_its_streams_unless_it_may_hibernate() {
    let holder = |text: &str| read("DELIVERY", text).map(|read| read.stream_holder);
    assert_eq!(holder(""), Ok(StreamHolder::Hub));
    assert_eq!(holder("direct"), Ok(StreamHolder::Hub));
    assert_eq!(holder("hibernate"), Ok(StreamHolder::Worker));
    assert!(holder("Hibernate").is_err());
}

#[test]
fn the_log_begins_at_info_unless_it_is_told_otherwise() {
    let level = |text: &str| read("LOG_LEVEL", text).map(|read| read.log_level);
    assert_eq!(level(""), Ok(Level::Info));
    assert_eq!(level("debug"), Ok(Level::Debug));
    assert_eq!(level("warning"), Ok(Level::Warning));
    assert_eq!(level("error"), Ok(Level::Error));
    assert_eq!(level("DEBUG"), Ok(Level::Debug));
    assert_eq!(level("Warn"), Ok(Level::Warning));
    assert!(level("verbose").is_err());
}

fn hubs(variables: &[(&str, &str, &str)]) -> HubVariables {
    let mut hubs = HubVariables::default();
    for (hub, variable, value) in variables {
        hubs.insert(hub, variable, (*value).to_owned()).unwrap();
    }
    hubs
}

fn of_all(name: &str) -> Option<String> {
    let set = [("HISTORY_UPDATES", "7"), ("HEARTBEAT", "20s")];
    set.iter().find(|(of, _)| *of == name).map(|(_, value)| (*value).to_owned())
}

#[test]
fn a_hub_has_its_own_variables_first_then_those_of_all_then_the_defaults() {
    let hubs = hubs(&[("news", "HISTORY_UPDATES", "3"), ("news", "HEARTBEAT", "")]);
    let read = |hub| Config::of_hub(hub, &hubs, of_all).unwrap();
    assert_eq!(read("news").retention.publications.updates, 3);
    assert_eq!(read("news").heartbeat, Heartbeat::default());
    let elsewhere = OwnPath::of_name("elsewhere");
    let of_all_hubs = Config::read(of_all).unwrap();
    assert_eq!(read("default"), of_all_hubs);
    assert_eq!(read("elsewhere"), Config { hub_path: elsewhere, ..of_all_hubs });
    let read = Deployment::read(&hubs, of_all).unwrap();
    assert_eq!(Ok(read.of_all()), Config::read(of_all).as_ref());
}

#[test]
fn a_wrong_value_of_one_hub_is_named_with_the_hub() {
    let hubs = hubs(&[("news", "HISTORY_AGE", "an hour")]);
    let error = Deployment::read(&hubs, of_all).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the configuration variable HISTORY_AGE of the hub news is \"an hour\", but must be a \
         time such as 12h or 7d, or 0 for no limit"
    );
    assert_eq!(Config::of_hub("news", &hubs, of_all), Err(error));
    assert!(Config::of_hub("other", &hubs, of_all).is_ok());
}

#[test]
fn a_wrong_key_of_one_hub_is_named_with_the_hub() {
    for (name, value) in [
        ("MERCURE_PUBLISHER_JWT_KEY", "-----BEGIN x"),
        ("MERCURE_SUBSCRIBER_JWT_KEY", "weak"),
        ("OPERATOR_KEY", "short"),
    ] {
        let told = Deployment::read(&hubs(&[("news", name, value)]), of_all).unwrap_err();
        let expected = format!("the configuration variable {name} of the hub news is wrong: ");
        assert!(told.to_string().starts_with(&expected), "{told}");
    }
}

#[test]
fn the_weak_secrets_of_single_hubs_are_told_too() {
    let of_all = |name: &str| match name {
        "DEVELOPMENT" => Some("true".to_owned()),
        "MERCURE_PUBLISHER_JWT_KEY" => Some("weak".to_owned()),
        name => of_all(name),
    };
    let hubs = hubs(&[("news", "MERCURE_SUBSCRIBER_JWT_KEY", "weak")]);
    let told = Deployment::read(&hubs, of_all).unwrap();
    let told = told.weak_secrets();
    let told: Vec<_> = told.map(|weak| (weak.variable, weak.hub.as_deref())).collect();
    assert_eq!(
        told,
        [("MERCURE_PUBLISHER_JWT_KEY", None), ("MERCURE_SUBSCRIBER_JWT_KEY", Some("news"))]
    );
}

#[test]
fn each_hub_is_known_by_a_url_of_its_own() {
    const ALL: &str = "https://a.example/.well-known/mercure";
    let hubs = hubs(&[
        ("own", "RESOURCE_IDENTIFIER", "https://own.example/hub"),
        ("moved", "PUBLIC_ORIGINS", "https://moved.example"),
        ("both", "RESOURCE_IDENTIFIER", "https://own.example/hub"),
        ("both", "PUBLIC_ORIGINS", "https://moved.example"),
        ("unnamed", "RESOURCE_IDENTIFIER", ""),
    ]);
    let url = |hub, variable: &'static str, value: &'static str| {
        let of_all = |name: &str| (name == variable).then(|| value.to_owned());
        Config::of_hub(hub, &hubs, of_all).unwrap().authorization.public_url
    };
    for (hub, expected) in [
        ("default", Some(ALL)),
        ("news", Some("https://a.example/hubs/news/.well-known/mercure")),
        ("own", Some("https://own.example/hub")),
        ("moved", Some("https://moved.example/hubs/moved/.well-known/mercure")),
        ("both", Some("https://own.example/hub")),
        ("unnamed", None),
    ] {
        assert_eq!(url(hub, "RESOURCE_IDENTIFIER", ALL).as_deref(), expected, "{hub}");
    }
    for (hub, expected) in [
        ("default", Some(ALL)),
        ("news", Some("https://a.example/hubs/news/.well-known/mercure")),
        ("own", Some("https://own.example/hub")),
        ("unnamed", Some("https://a.example/hubs/unnamed/.well-known/mercure")),
    ] {
        assert_eq!(url(hub, "PUBLIC_ORIGINS", "https://a.example").as_deref(), expected, "{hub}");
    }
    assert_eq!(url("news", "HEARTBEAT", "20s"), None);
}

#[test]
fn a_wrong_value_of_all_hubs_is_not_laid_on_one() {
    let variable = |name: &str| match name {
        "HEARTBEAT" => Some("soon".to_owned()),
        name => of_all(name),
    };
    let hubs = hubs(&[("news", "HISTORY_UPDATES", "3")]);
    let of_all = Config::of_hub("news", &hubs, variable).unwrap_err().to_string();
    assert!(!of_all.contains("news"), "{of_all}");
    assert_eq!(Deployment::read(&hubs, variable).unwrap_err().variable(), "HEARTBEAT");
}

#[test]
fn a_wrong_value_is_shown_with_what_would_be_right() {
    assert_eq!(
        read("HEARTBEAT", "soon").unwrap_err().to_string(),
        "the configuration variable HEARTBEAT is \"soon\", but must be a time such as 15s or \
         500ms, or 0 for none"
    );
}

#[test]
fn a_history_of_nothing_is_refused() {
    assert!(read("HISTORY_UPDATES", "0").is_err());
    assert_eq!(read("HISTORY_BYTES", "1").unwrap().retention.publications.bytes, 1);
}

#[test]
fn what_is_no_origin_is_wrong_in_each_list() {
    for name in ["CORS_ORIGINS", "PUBLISH_ORIGINS", "PUBLIC_ORIGINS"] {
        for wrong in ["http://b/path", "http://user@b", "http://b?x", "http://b#x", "word"] {
            let list = format!("https://a.example {wrong}");
            let told = read(name, &list).unwrap_err();
            assert_eq!(told.variable(), name, "{list}");
            assert!(told.to_string().contains(&format!("{name} is {wrong:?}, but")), "{told}");
        }
    }
}

#[test]
fn a_limit_of_nought_is_none() {
    let limits = read("MAX_CONNECTIONS", "0").unwrap().connection_limits;
    assert_eq!(limits, ConnectionLimits { connections: 0, per_address: 1_000 });
    assert_eq!(read("PUBLISH_RATE", "0").unwrap().publish_rate, None);
    assert_eq!(read("PUBLISH_RATE", "50").unwrap().publish_rate, Some(Rate(50)));
    assert!(read("PUBLISH_RATE", "-1").is_err());
}

#[test]
fn a_variable_that_is_not_set_has_its_default() {
    let config = Config::read(|name| (name == "HEARTBEAT").then(|| "20s".to_owned())).unwrap();
    assert_eq!(config.heartbeat.interval().unwrap().as_secs(), 20);
    assert!(!config.authorization.anonymous_publish);
}
