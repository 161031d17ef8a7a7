//! The form of a body: the `Content-Type` and `Content-Encoding` of a request.

use crate::{base::media_type, http::error::Error};

/// The forms in which a publication is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyKind {
    /// `application/x-www-form-urlencoded`, the form of the protocol. A QUERY has only this form.
    Form,
    /// `application/json`: one update.
    Json,
    /// `application/x-ndjson`: an update for each line.
    Ndjson,
    /// `text/event-stream`: an update for each event.
    EventStream,
}

impl BodyKind {
    /// Reads the two headers of a publication. A compressed body is refused: nothing here decompresses
    /// it, and its bytes are no publication.
    ///
    /// # Errors
    /// [`Error::ContentEncoding`], [`Error::ContentType`], [`Error::UnsupportedMediaType`].
    pub(crate) fn of_publication(
        content_type: Option<&str>,
        content_encoding: Option<&str>,
    ) -> Result<Self, Error> {
        let unencoded = content_encoding.is_none_or(is_identity);
        if !unencoded {
            return Err(Error::ContentEncoding);
        }
        match media_type::essence(content_type.unwrap_or_default()).as_deref() {
            Some("application/x-www-form-urlencoded") => Ok(Self::Form),
            Some("application/json") => Ok(Self::Json),
            Some("application/x-ndjson") => Ok(Self::Ndjson),
            Some("text/event-stream") => Ok(Self::EventStream),
            Some(_) => Err(Error::UnsupportedMediaType),
            None => Err(Error::ContentType),
        }
    }

    /// Reads the two headers of a QUERY.
    ///
    /// # Errors
    /// [`Error::ContentEncoding`], [`Error::ContentType`], [`Error::QueryMediaType`].
    pub(crate) fn of_query(
        content_type: Option<&str>,
        content_encoding: Option<&str>,
    ) -> Result<(), Error> {
        match Self::of_publication(content_type, content_encoding) {
            Ok(Self::Form) => Ok(()),
            Ok(_) | Err(Error::UnsupportedMediaType) => Err(Error::QueryMediaType),
            Err(error) => Err(error),
        }
    }

    /// Its media type.
    #[must_use]
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Form => "application/x-www-form-urlencoded",
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
            Self::EventStream => "text/event-stream",
        }
    }
}

/// Whether a `Content-Encoding` names only `identity`. Some clients send it, although RFC 9110 § 8.4
/// reserves it for `Accept-Encoding`.
fn is_identity(content_encoding: &str) -> bool {
    content_encoding
        .split(',')
        .map(str::trim)
        .all(|coding| coding.is_empty() || coding.eq_ignore_ascii_case("identity"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_read_by_its_media_type_and_uncompressed() {
        assert_eq!(BodyKind::of_publication(Some("application/json"), None), Ok(BodyKind::Json));
        assert!(BodyKind::of_publication(Some("application/json"), Some("gzip")).is_err());
    }

    const ALL: [BodyKind; 4] =
        [BodyKind::Form, BodyKind::Json, BodyKind::Ndjson, BodyKind::EventStream];

    #[test]
    fn each_kind_is_told_by_its_media_type() {
        for kind in ALL {
            let typed = format!("{}; charset=utf-8", kind.media_type().to_ascii_uppercase());
            assert_eq!(BodyKind::of_publication(Some(&typed), None), Ok(kind));
        }
        for (typed, error) in [
            (Some("text/plain"), Error::UnsupportedMediaType),
            (Some("text"), Error::ContentType),
            (None, Error::ContentType),
        ] {
            assert_eq!(BodyKind::of_publication(typed, None), Err(error));
        }
    }

    #[test]
    fn a_body_of_any_kind_that_is_compressed_is_refused() {
        for kind in ALL {
            for coding in ["gzip", "br", "zstd", "deflate", "identity, gzip", "GZIP", "x y"] {
                let found = BodyKind::of_publication(Some(kind.media_type()), Some(coding));
                assert_eq!(found, Err(Error::ContentEncoding), "{coding}");
            }
        }
        let query = BodyKind::of_query(Some(BodyKind::Form.media_type()), Some("gzip"));
        assert_eq!(query, Err(Error::ContentEncoding));
    }

    #[test]
    fn an_encoding_that_is_none_changes_nothing() {
        for coding in ["", "identity", "Identity", " identity , identity "] {
            let found = BodyKind::of_publication(Some("application/json"), Some(coding));
            assert_eq!(found, Ok(BodyKind::Json), "{coding}");
        }
    }

    #[test]
    fn a_query_is_a_form() {
        let of_query = |typed| BodyKind::of_query(typed, None);
        assert_eq!(of_query(Some("application/x-www-form-urlencoded")), Ok(()));
        for typed in ["application/json", "text/event-stream", "text/plain"] {
            assert_eq!(of_query(Some(typed)), Err(Error::QueryMediaType), "{typed}");
        }
        assert_eq!(of_query(None), Err(Error::ContentType));
    }

    #[test]
    fn a_type_that_is_sent_twice_is_none() {
        for typed in [
            "application/json, text/event-stream",
            "application/json; charset=utf-8, application/json",
        ] {
            assert_eq!(BodyKind::of_publication(Some(typed), None), Err(Error::ContentType));
        }
    }
}
