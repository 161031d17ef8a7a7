//! How the bytes of a stream are encoded: RFC 9110 § 8.4.

use std::rc::Rc;

use js_sys::Reflect;
use wasm_bindgen::JsValue;
use web_sys::{Request, ResponseInit};

use crate::{
    gzip::coding::accepts_gzip,
    link::opening::Opening,
    settings::compression::Compression,
    tokens::access::Access,
    web::{
        host::cf,
        streams::{compressor::Compressor, gzip::Gzip},
    },
};

/// The coding of a stream.
#[derive(Clone, Debug)]
pub(crate) enum Coding {
    /// No stream of the hub is compressed.
    Identity,
    /// This one is not, and another client's may be.
    Negotiated,
    /// It is compressed.
    Gzip(Rc<Compressor>),
}

impl Coding {
    /// The coding for this request with this access.
    pub(crate) fn of(
        request: &Request,
        access: &Access,
        compressing: Option<(&Rc<Compressor>, Compression)>,
    ) -> Self {
        match compressing.filter(|(_, which)| *which != Compression::Off) {
            None => Self::Identity,
            Some((compressor, which)) if which.covers(access) && reads_gzip(request) => {
                Self::Gzip(Rc::clone(compressor))
            }
            Some(_) => Self::Negotiated,
        }
    }

    /// The coding of a stream that a Worker holds. One that has begun goes on as it is.
    pub(crate) fn held(self, opening: &Opening, compressor: Option<&Rc<Compressor>>) -> Self {
        let has_begun = opening.reopens.is_some();
        let own = if has_begun { compressor } else { self.compressor() };
        match own.filter(|_| opening.takes_gzip) {
            Some(compressor) => Self::Gzip(Rc::clone(compressor)),
            None if matches!(self, Self::Identity) => Self::Identity,
            None => Self::Negotiated,
        }
    }

    /// What compresses the stream, if it is compressed.
    pub(crate) fn compressor(&self) -> Option<&Rc<Compressor>> {
        match self {
            Self::Gzip(compressor) => Some(compressor),
            Self::Identity | Self::Negotiated => None,
        }
    }

    /// What the bytes of a stream go through, if it is compressed.
    pub(crate) fn gzip(&self) -> Option<Rc<Gzip>> {
        self.compressor().map(|compressor| Rc::new(Gzip::new(Rc::clone(compressor))))
    }

    /// The runtime would compress by itself what has the header, unless it is told that this is done.
    pub(crate) fn mark(&self, init: &ResponseInit) -> Result<(), JsValue> {
        if let Self::Gzip(_) = self {
            Reflect::set(init, &"encodeBody".into(), &"manual".into())?;
        }
        Ok(())
    }
}

/// Whether the client reads gzip. Cloudflare's network has a header of its own for the Worker, and names
/// the client's in `cf`.
fn reads_gzip(request: &Request) -> bool {
    let of_client = cf::text(request, "clientAcceptEncoding");
    let header = of_client.or_else(|| request.headers().get("Accept-Encoding").ok().flatten());
    header.is_some_and(|header| accepts_gzip(&header))
}
