//! A chat: what somebody posts to `/say` goes to all who read `/events`.
//!
//! `cargo run --manifest-path examples/axum/Cargo.toml`, then open <http://127.0.0.1:3000/> twice.

use std::{convert::Infallible, io, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{Html, IntoResponse},
    routing::{get, post},
};
use millstream::{Comment, Event, encoder};
use tokio::{net::TcpListener, sync::broadcast::Sender, time::interval};
use tokio_stream::{
    StreamExt,
    wrappers::{BroadcastStream, IntervalStream},
};

/// A reader that is this many events behind misses the oldest of them.
const EVENTS: usize = 64;

/// A comment this often shows that the connection lives.
const HEARTBEAT: Duration = Duration::from_secs(15);

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    println!("http://{}/", listener.local_addr()?);
    axum::serve(listener, app()).await
}

fn app() -> Router {
    Router::new()
        .route("/", get(|| async { Html(include_str!("index.html")) }))
        .route("/events", get(events))
        .route("/say", post(say))
        .with_state(Sender::new(EVENTS))
}

/// Encodes an event once for all readers.
async fn say(State(events): State<Sender<Bytes>>, text: String) -> StatusCode {
    // An error says that nobody reads.
    let _ = events.send(encoder::encoded(&Event::new(text)).into());
    StatusCode::NO_CONTENT
}

async fn events(State(events): State<Sender<Bytes>>) -> impl IntoResponse {
    let events = BroadcastStream::new(events.subscribe()).filter_map(Result::ok);
    // The first beat is due at once: the client sees that it is connected.
    let heartbeats = IntervalStream::new(interval(HEARTBEAT)).map(|_| heartbeat());
    let body = Body::from_stream(events.merge(heartbeats).map(Ok::<_, Infallible>));
    ([(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-cache")], body)
}

fn heartbeat() -> Bytes {
    let mut stream = Vec::new();
    encoder::encode_comment(&Comment::from(""), &mut stream);
    stream.into()
}

#[cfg(test)]
mod tests {
    use std::{error::Error, net::SocketAddr};

    use millstream::Decoder;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
        spawn,
        time::timeout,
    };

    use super::*;

    /// Sends a request of HTTP/1.0, whose answer has no chunks around its bytes.
    async fn send(address: SocketAddr, request: &str) -> io::Result<TcpStream> {
        let mut connection = TcpStream::connect(address).await?;
        connection.write_all(request.as_bytes()).await?;
        Ok(connection)
    }

    async fn read_until(connection: &mut TcpStream, end: &str) -> io::Result<String> {
        let mut read = Vec::new();
        while !String::from_utf8_lossy(&read).ends_with(end) {
            read.push(connection.read_u8().await?);
        }
        Ok(String::from_utf8_lossy(&read).into_owned())
    }

    async fn talk() -> Result<Vec<String>, Box<dyn Error>> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        spawn(async { axum::serve(listener, app()).await });
        let mut reader = send(address, "GET /events HTTP/1.0\r\n\r\n").await?;
        let head = read_until(&mut reader, "\r\n\r\n:\n").await?;
        assert!(head.contains("content-type: text/event-stream\r\n"), "{head}");
        let post = "POST /say HTTP/1.0\r\nContent-Length: 9\r\n\r\ntwo\nlines";
        read_until(&mut send(address, post).await?, "\r\n\r\n").await?;
        let mut events = Vec::new();
        let stream = read_until(&mut reader, "\n\n").await?;
        Decoder::new().decode(stream.as_bytes(), |event| events.push(event.data().to_owned()))?;
        Ok(events)
    }

    #[tokio::test]
    async fn what_one_client_says_another_one_reads() {
        let events = timeout(Duration::from_secs(10), talk()).await.unwrap().unwrap();
        assert_eq!(events, ["two\nlines"]);
    }
}
