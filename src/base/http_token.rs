//! The token of HTTP, of which names of headers, parameters and cookies are made.

/// Whether the text is a token: RFC 9110 § 5.6.2.
pub(crate) fn is_token(text: &str) -> bool {
    let is_tchar = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_tchar)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_no_separator_and_nothing_beyond_ascii() {
        assert!(is_token("__Secure-a.b") && is_token("!#$%&'*+-.^_`|~"));
        for other in ["", "a b", "a;b", "a=b", "a,b", "a/b", "(a)", "\"a\"", "é", "a\0"] {
            assert!(!is_token(other), "{other:?}");
        }
    }
}
