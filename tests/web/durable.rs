//! A history that is durable only once it was awaited.

use std::{cell::RefCell, convert::Infallible, fmt, rc::Rc};

use futures::{FutureExt, channel::oneshot};
use millstream::{
    ClosedTopic, Closing, Entry, EventId, HeldUpdates, History, Kind, Page, PlaceKey, Retention,
    Sequence, Tallied, Tally, Timestamp, Topic,
    web::{Handler, Level, PublishError, Registry, Storage, Synced},
};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{
    Application, Reader, chunk_of, form, get, open, pending, request, subscribe, update, within,
};

/// Keeps nothing, and is durable when the test says so.
#[derive(Clone, Default)]
struct Disk(Rc<RefCell<Vec<oneshot::Sender<()>>>>, Keeps);

/// Whether it keeps the key of the hub's places.
#[derive(Clone, Copy, Default, PartialEq)]
enum Keeps {
    #[default]
    Key,
    NoKey,
}

/// The write was lost.
#[derive(Debug)]
struct Lost;

impl fmt::Display for Lost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the write was lost")
    }
}

impl std::error::Error for Lost {}

impl Disk {
    fn synced(&self) {
        self.0.borrow_mut().remove(0).send(()).unwrap();
    }

    fn fails(&self) {
        drop(self.0.borrow_mut().remove(0));
    }
}

/// What never fails may fail in any way.
fn never<T>(result: Result<T, Infallible>) -> Result<T, Lost> {
    result.map_err(|never| match never {})
}

impl History for Disk {
    const KEEPS: bool = false;

    type Error = Lost;

    fn newest(&self) -> Result<Sequence, Lost> {
        never(().newest())
    }

    fn held(&self, kind: Kind) -> Result<HeldUpdates, Lost> {
        never(().held(kind))
    }

    fn newest_until(&self, kind: Kind, moment: Timestamp) -> Result<Option<Sequence>, Lost> {
        never(().newest_until(kind, moment))
    }

    fn append(&self, entry: &Entry) -> Result<(), Lost> {
        never(().append(entry))
    }

    fn page(&self, cursor: Sequence, until: Sequence) -> Result<Page, Lost> {
        never(().page(cursor, until))
    }

    fn find(&self, id: &EventId, cursor: Sequence) -> Result<Option<Sequence>, Lost> {
        never(().find(id, cursor))
    }

    fn close(&self, entry: &Entry, closing: &Closing) -> Result<(), Lost> {
        never(().close(entry, closing))
    }

    fn closed(&self, topic: &Topic) -> Result<Option<ClosedTopic>, Lost> {
        never(().closed(topic))
    }

    fn closings(&self) -> u64 {
        ().closings()
    }

    fn tally(&self, topic: &Topic, of: Tallied) -> Result<Option<Tally>, Lost> {
        never(().tally(topic, of))
    }

    fn remove(&self, kind: Kind, until: Sequence) -> Result<(), Lost> {
        never(().remove(kind, until))
    }

    fn prune(&self, retention: Retention, now: Timestamp) -> Result<bool, Lost> {
        never(().prune(retention, now))
    }
}

impl Storage for Disk {
    fn sync(&self) -> Synced<Lost> {
        let (synced, receiver) = oneshot::channel();
        self.0.borrow_mut().push(synced);
        receiver.map(|received| received.map_err(|_| Lost)).boxed_local()
    }

    fn keep_place_key(&self, _: &PlaceKey) -> Result<(), Lost> {
        if self.1 == Keeps::Key { Ok(()) } else { Err(Lost) }
    }
}

fn hub(disk: &Disk) -> Handler<Application, Disk> {
    Handler::new(open(), disk.clone(), Application::new()).unwrap()
}

#[wasm_bindgen_test]
async fn a_log_may_ask_the_hub_when_the_key_of_its_places_is_not_kept() {
    let counted = Rc::new(RefCell::new(Vec::new()));
    let (own, counts) = (Rc::new(RefCell::new(None::<Registry>)), Rc::clone(&counted));
    let registry = Rc::clone(&own);
    let application = Application::new().on_record(move |record| {
        if record.level == Level::Error {
            let count = registry.borrow().as_ref().map(Registry::connection_count);
            counts.borrow_mut().push(count);
        }
    });
    let disk = Disk(Rc::default(), Keeps::NoKey);
    let hub = Handler::new(open(), disk, application).unwrap();
    own.replace(Some(hub.registry()));
    let _reader = subscribe(&hub).await.opened().await;
    let refused = hub.publish(&update("1", "1")).await;
    assert!(matches!(refused, Err(PublishError::History(_))));
    assert_eq!(*counted.borrow(), [Some(1)]);
    own.take();
}

#[wasm_bindgen_test]
async fn a_publication_that_nobody_waits_for_any_more_goes_its_way() {
    let disk = Disk::default();
    let hub = hub(&disk);
    let reader = subscribe(&hub).await.opened().await;
    let first = update("1", "1");
    let mut published = Box::pin(hub.publish(&first));
    while disk.0.borrow().is_empty() {
        assert!(pending(&mut published).await);
    }
    drop(published);
    disk.synced();
    let read = within("the update", reader.read()).await.unwrap();
    assert_eq!(chunk_of(&read).unwrap(), b"id: 1\ndata: 1\n\n");
}

#[wasm_bindgen_test]
async fn nobody_is_shown_an_update_before_it_is_durable() {
    let disk = Disk::default();
    let hub = hub(&disk);
    let reader = subscribe(&hub).await.opened().await;
    let mut read = reader.read();
    let first = update("1", "1");
    let mut published = Box::pin(hub.publish(&first));
    assert!(pending(&mut published).await);
    assert!(pending(&mut read).await);
    let resumed = hub.handle(&get("topic=books&lastEventID=earliest")).await.unwrap();
    let resumed = Reader::of(&resumed).opened().await;
    let mut replay = resumed.read();
    assert!(pending(&mut replay).await, "a replay does not show it either");
    disk.synced();
    within("the publication", published).await.unwrap();
    for read in [read, replay] {
        let read = within("the update", read).await.unwrap();
        assert_eq!(chunk_of(&read).unwrap(), b"id: 1\ndata: 1\n\n");
    }
}

#[wasm_bindgen_test]
async fn a_write_that_is_lost_is_shown_to_nobody_and_ends_the_hub() {
    let disk = Disk::default();
    let hub = hub(&disk);
    let reader = subscribe(&hub).await.opened().await;
    let publication = form("topic=books&data=x");
    let mut answer = Box::pin(hub.handle(&publication));
    assert!(!hub.has_failed());
    while disk.0.borrow().is_empty() {
        assert!(pending(&mut answer).await);
    }
    disk.fails();
    let response = within("the answer", answer).await.unwrap();
    assert_eq!(response.status(), 500);
    assert_eq!(response.headers().get("Retry-After").unwrap().as_deref(), Some("1"));
    assert!(hub.has_failed());
    assert_eq!(reader.rest().await, "", "its client is to come back");
    let refused = hub.publish(&update("2", "2")).await.unwrap_err();
    assert!(matches!(refused, PublishError::History(_)), "{refused}");
    assert_eq!(hub.handle(&get("topic=books")).await.unwrap().status(), 503);
    let coming = request("GET", "topic=books", &[("Accept", "text/event-stream")]);
    let response = hub.handle(&coming).await.unwrap();
    assert_eq!(response.status(), 200, "an error would end an EventSource for good");
    let body = JsFuture::from(response.text().unwrap()).await.unwrap();
    let body = body.as_string().unwrap();
    let retry = body.strip_prefix(": the history is not available, try again\nretry: ").unwrap();
    let retry: u32 = retry.trim_end().parse().unwrap();
    assert!((2_000..=5_000).contains(&retry), "{body}");
    assert_eq!(hub.registry().connection_count(), 0);
}
