//! `millstream-clients CLIENT URL` subscribes as the client's documentation shows, with its defaults, and prints a line of
//! JSON for each event that it is given.

use std::{env, error::Error, io::Write};

use eventsource_client::{Client, ClientBuilder, SSE};
use futures::StreamExt;
use launchdarkly_sdk_transport::HyperTransport;
use reqwest_eventsource::{Event, EventSource};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1);
    match (args.next().as_deref(), args.next()) {
        (Some("reqwest-eventsource"), Some(url)) => with_reqwest(&url).await,
        (Some("eventsource-client"), Some(url)) => with_hyper(&url).await,
        _ => Err("millstream-clients reqwest-eventsource|eventsource-client URL".into()),
    }
}

/// It retries by itself, until it is closed.
async fn with_reqwest(url: &str) -> Result<(), Box<dyn Error>> {
    let mut source = EventSource::get(url);
    while let Some(event) = source.next().await {
        match event {
            Ok(Event::Open) => told("open", "", "")?,
            Ok(Event::Message(message)) => told(&message.event, &message.data, &message.id)?,
            Err(error) => eprintln!("{error}"),
        }
    }
    Ok(())
}

/// It reconnects by itself.
async fn with_hyper(url: &str) -> Result<(), Box<dyn Error>> {
    let client = ClientBuilder::for_url(url)?.build_with_transport(HyperTransport::new()?);
    let mut stream = client.stream();
    while let Some(event) = stream.next().await {
        match event {
            Ok(SSE::Connected(_)) => told("open", "", "")?,
            Ok(SSE::Event(event)) => {
                told(&event.event_type, &event.data, event.id.as_deref().unwrap_or_default())?;
            }
            Ok(SSE::Comment(_)) => {}
            Err(error) => eprintln!("{error}"),
        }
    }
    Ok(())
}

fn told(event_type: &str, data: &str, id: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::json!({ "type": event_type, "data": data, "id": id }))?;
    out.flush()
}
