//! A transport of another form: as a link over a WebSocket would be, with credit instead of pulls.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    delivery::Carried,
    engine::{Engine, Owners},
};
use crate::{
    event_stream::event::Event,
    hub::{
        close_reason::CloseReason, engine::Hub, subscribe_parts::SubscribeParts,
        subscribe_request::SubscribeRequest, subscriber::Subscriber,
    },
    log::{history::Bounds, log::Log, update::Update},
    settings::config::Config,
    tokens::access::Access,
    topics::topic::Topic,
    web::{
        engine::{application::Application, places::Places},
        host::{clock, host_url_parser::HostUrlParser},
        streams::{
            attached::Attached,
            feed::{Feed, Pulled},
            shared_chunk::SharedChunk,
            transport::Transport,
        },
    },
};

/// A link that is sent bytes while it has credit.
#[derive(Default)]
struct Link {
    credit: Cell<usize>,
    sent: RefCell<Vec<u8>>,
    is_closed: Cell<bool>,
}

impl Link {
    fn grant(&self, bytes: usize) {
        self.credit.set(self.credit.get() + bytes);
    }

    fn sent(&self) -> String {
        String::from_utf8(self.sent.take()).unwrap()
    }
}

impl Transport for Link {
    fn has_room(&self) -> bool {
        self.credit.get() > 0
    }

    fn enqueue(&self, chunk: &SharedChunk<'_>) -> bool {
        self.credit.set(self.credit.get().saturating_sub(chunk.bytes().len()));
        self.sent.borrow_mut().extend_from_slice(chunk.bytes());
        !self.is_closed.get()
    }

    fn rests(&self) -> bool {
        true
    }

    fn pull_again(&self) {}

    fn given(&self) -> usize {
        0
    }

    fn end(&self, _: CloseReason) {
        self.is_closed.set(true);
    }
}

fn engine() -> Rc<Engine<(), ()>> {
    let config = Config::read(|name| (name == "HEARTBEAT").then(|| "0".to_owned())).unwrap();
    let Ok(log) = Log::open((), config.retention, Bounds::NONE);
    let urls = Rc::new(HostUrlParser::of_hub(&config));
    let hub = Hub::new(log, config.heartbeat.clone(), urls);
    let application = Application::new((), &config);
    Engine::new(hub, Owners { application, places: Places::new(&config), presence: None })
}

async fn linked(engine: &Engine<(), ()>, link: &Rc<Link>) -> Carried<()> {
    let attached = Rc::new(Attached::new(Rc::clone(link) as _, ()));
    let urls = HostUrlParser::of_hub(&Config::default());
    let request = SubscribeRequest::parse(SubscribeParts::of_query("topic=books"), &urls).unwrap();
    let (id, access) = (clock::connection_id().unwrap(), Access::default());
    let subscriber = Subscriber { id, request: &request, access: &access, resumes: None };
    engine.subscribe(subscriber, &attached).await.unwrap();
    assert_eq!(engine.pull(id), Pulled::Fed, "the opening");
    assert_eq!(link.sent(), ":\n");
    assert_eq!(engine.pull(id), Pulled::Waits);
    attached
}

async fn publish(engine: &Engine<(), ()>, id: &str) {
    let topic: Topic = "books".parse().unwrap();
    engine.publish(&Update::new(topic.into(), id.parse().unwrap(), Event::new(id))).await.unwrap();
}

#[wasm_bindgen_test]
async fn a_form_of_its_own_is_fed_by_credit() {
    let (engine, link) = (engine(), Rc::new(Link::default()));
    link.grant(10);
    let attached = linked(&engine, &link).await;
    let id = *engine.hub().registry().connection_ids().collect::<Vec<_>>().first().unwrap();
    publish(&engine, "a").await;
    assert_eq!(link.sent(), "id: a\ndata: a\n\n", "it had credit left");
    publish(&engine, "b").await;
    publish(&engine, "c").await;
    assert_eq!(link.sent(), "", "it has none: the log holds the rest");
    link.grant(1_000);
    assert_eq!(engine.pull(id), Pulled::Fed);
    assert_eq!(link.sent(), "id: b\ndata: b\n\nid: c\ndata: c\n\n");
    assert_eq!(engine.pull(id), Pulled::Waits);
    publish(&engine, "d").await;
    assert_eq!(link.sent(), "id: d\ndata: d\n\n", "it waits with credit again");
    engine.cancel(id);
    assert!(link.is_closed.get());
    assert_eq!(engine.ended(CloseReason::ClientGone), 1);
    drop(attached);
}
