//! What is said over a link: a frame, a grant, an opening, or an attachment that was kept.

use crate::{
    base::limits::LINK_WINDOW,
    link::{attachment::Attachment, credit::Credit, frame::Frame, grant::Grant, opening::Opening},
};

/// See the module.
pub fn link(input: &[u8]) {
    if let Some(frame) = Frame::decode(input) {
        assert_eq!(frame.encode(), input);
    }
    if let Some(attachment) = Attachment::decode(input) {
        assert_eq!(attachment.encode(), input);
        assert!(attachment.credit.left() <= LINK_WINDOW.cast_signed());
    }
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Some(grant) = Grant::parse(text) {
        assert_eq!(format!("+{}", grant.bytes()), text);
        let mut credit = Credit::beside(LINK_WINDOW);
        credit.grant(grant);
        assert_eq!(credit, Credit::beside(LINK_WINDOW - grant.bytes()));
    }
    if let Some(opening) = Opening::parse(text) {
        assert_eq!(Opening::parse(&opening.encode()), Some(opening));
    }
}
