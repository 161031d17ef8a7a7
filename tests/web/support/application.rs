//! An application that notes what its hooks are called with, and does what a test tells it.

use std::{cell::RefCell, rc::Rc};

use millstream::{
    CloseReason, ConnectionId,
    web::{Connection, HookFailed, Hooks, Level, Record, Refusal, Registry},
};
use web_sys::Request;

type Factory = Box<dyn Fn(&Request) -> Result<String, Refusal>>;
type Registered = Box<dyn Fn(&Connection<String>) -> Result<(), HookFailed>>;
type Closed = Box<dyn Fn(&Registry)>;
type Logged = Box<dyn Fn(&Record)>;

/// The hooks; what the application keeps with a connection is a name.
pub(crate) struct Application {
    pub(crate) notes: Notes,
    factory: Factory,
    registered: Registered,
    closed: Closed,
    logged: Logged,
}

/// What the hooks were called with, as the test sees it.
#[derive(Clone, Default)]
pub(crate) struct Notes(Rc<Noted>);

#[derive(Default)]
struct Noted {
    calls: RefCell<Vec<String>>,
    connections: RefCell<Vec<Connection<String>>>,
    records: RefCell<Vec<Record>>,
}

impl Application {
    /// Accepts every connection and calls it `reader`.
    pub(crate) fn new() -> Self {
        Self {
            notes: Notes::default(),
            factory: Box::new(|_| Ok("reader".to_owned())),
            registered: Box::new(|_| Ok(())),
            closed: Box::new(|_| ()),
            logged: Box::new(|_| ()),
        }
    }

    pub(crate) fn on_request(
        self,
        factory: impl Fn(&Request) -> Result<String, Refusal> + 'static,
    ) -> Self {
        Self { factory: Box::new(factory), ..self }
    }

    pub(crate) fn on_registered(
        self,
        registered: impl Fn(&Connection<String>) -> Result<(), HookFailed> + 'static,
    ) -> Self {
        Self { registered: Box::new(registered), ..self }
    }

    pub(crate) fn on_closed(self, closed: impl Fn(&Registry) + 'static) -> Self {
        Self { closed: Box::new(closed), ..self }
    }

    pub(crate) fn on_record(self, logged: impl Fn(&Record) + 'static) -> Self {
        Self { logged: Box::new(logged), ..self }
    }
}

impl Hooks for Application {
    type State = String;

    fn connection(&self, request: &Request, _: ConnectionId) -> Result<String, Refusal> {
        self.notes.call("connection");
        (self.factory)(request)
    }

    fn registered(&self, connection: &Connection<String>) -> Result<(), HookFailed> {
        let name = connection.with_state(String::clone).unwrap();
        self.notes.call(&format!("registered {name}"));
        self.notes.0.connections.borrow_mut().push(connection.clone());
        (self.registered)(connection)
    }

    fn connection_closed(&self, id: ConnectionId, name: &String, reason: CloseReason) {
        self.notes.call(&format!("closed {name}: {}", reason.as_str()));
        let connections = self.notes.0.connections.borrow();
        let registry = connections.iter().find(|one| one.id() == id).and_then(Connection::registry);
        drop(connections);
        if let Some(registry) = registry {
            assert!(!registry.connection_ids().contains(&id), "it has left the registry");
            (self.closed)(&registry);
        }
    }

    fn log(&self, record: &Record) {
        self.notes.0.records.borrow_mut().push(record.clone());
        (self.logged)(record);
    }
}

impl Notes {
    fn call(&self, call: &str) {
        self.0.calls.borrow_mut().push(call.to_owned());
    }

    /// The calls so far, in their order.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.0.calls.borrow().clone()
    }

    /// Which connections have ended, with the reason.
    pub(crate) fn closed(&self) -> Vec<String> {
        self.calls().into_iter().filter(|call| call.starts_with("closed")).collect()
    }

    /// The connection that was registered last.
    pub(crate) fn connection(&self) -> Connection<String> {
        self.0.connections.borrow().last().cloned().unwrap()
    }

    /// The records of this level and above.
    pub(crate) fn records(&self, level: Level) -> Vec<Record> {
        self.0.records.borrow().iter().filter(|record| record.level >= level).cloned().collect()
    }
}
