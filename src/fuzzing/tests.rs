//! The committed corpus, without libFuzzer.

use std::{fs, path::Path};

use super::{
    decoder, der, form, granted, json_body, jwk, keys, last_event_id, link, pem, publish_stream,
    selectors, subscription, token,
};

fn text(target: fn(&str)) -> impl Fn(&[u8]) {
    move |input: &[u8]| {
        if let Ok(input) = std::str::from_utf8(input) {
            target(input);
        }
    }
}

fn run(name: &str, target: impl Fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut inputs = 0;
    for file in fs::read_dir(corpus).unwrap() {
        target(&fs::read(file.unwrap().path()).unwrap());
        inputs += 1;
    }
    assert!(inputs > 0, "{name} has no corpus");
}

#[test]
fn every_target_holds_for_its_corpus() {
    run("decoder", decoder);
    run("der", der);
    run("form", form);
    run("granted", granted);
    run("json_body", json_body);
    run("jwk", text(jwk));
    run("keys", keys);
    run("last_event_id", text(last_event_id));
    run("link", link);
    run("pem", pem);
    run("publish_stream", publish_stream);
    run("selectors", text(selectors));
    run("subscription", text(subscription));
    run("token", token);
}
