//! Whether a client reads gzip: RFC 9110 § 12.5.3.

use crate::base::http_token::is_token;

/// Whether an `Accept-Encoding` header names gzip, or everything, with a weight other than 0. A header that
/// is missing or empty names nothing.
#[must_use]
pub(crate) fn accepts_gzip(accept_encoding: &str) -> bool {
    let named = |name: &str| {
        accept_encoding.split(',').find_map(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            parts.next().filter(|own| own.eq_ignore_ascii_case(name))?;
            Some(parts.all(|part| !is_zero(part)))
        })
    };
    // `x-gzip` is its former name.
    named("gzip").or_else(|| named("x-gzip")).or_else(|| named("*")).unwrap_or(false)
}

/// Whether this is the weight 0, which refuses.
fn is_zero(parameter: &str) -> bool {
    let Some((name, weight)) = parameter.split_once('=') else { return false };
    name.eq_ignore_ascii_case("q")
        && is_token(weight)
        && weight.bytes().all(|byte| b"0.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_accepted_by_name_or_with_everything_unless_its_weight_is_0() {
        for header in ["gzip", "br, GZIP", "deflate,gzip;q=0.001", "*", "*;q=0, gzip", "x-gzip"] {
            assert!(accepts_gzip(header), "{header}");
        }
        for header in ["", "br", "gzip;q=0", "gzip; q=0.000, *", "*;Q=0", "identity", "gzipped"] {
            assert!(!accepts_gzip(header), "{header}");
        }
    }
}
