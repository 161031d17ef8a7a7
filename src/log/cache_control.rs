//! The `Cache-Control` header of a client. It decides whether the client is told an event of type
//! `place`.

/// The meaning of a request's `Cache-Control` header: RFC 9111 § 5.2.1.
///
/// An `EventSource` of a browser sends `no-cache`, as Fetch has it for every request that is not to be
/// stored; so do the clients that are built like one. Clients that show their application each block,
/// of whatever type, do not.
///
/// ```
/// use millstream::CacheControl;
///
/// assert_eq!(CacheControl::read("max-age=0, No-Cache"), CacheControl::NoCache);
/// assert_eq!(CacheControl::read("no-store"), CacheControl::Usual);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CacheControl {
    /// Nothing, or nothing that counts here.
    #[default]
    Usual,
    /// `no-cache`.
    NoCache,
}

impl CacheControl {
    /// Reads the header, of whose list one member is enough.
    #[must_use]
    pub fn read(header: &str) -> Self {
        let mut members = header.split(',').map(|member| member.trim_matches([' ', '\t']));
        if members.any(|member| member.eq_ignore_ascii_case("no-cache")) {
            Self::NoCache
        } else {
            Self::Usual
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cache_is_a_member_of_the_list_in_any_case() {
        for header in
            ["no-cache", "NO-CACHE", "no-store,no-cache", "max-age=0 ,\tno-cache ", ",no-cache"]
        {
            assert_eq!(CacheControl::read(header), CacheControl::NoCache, "{header:?}");
        }
        for header in ["", "no-store", "no-cachet", "x-no-cache", "no cache", "no-cache=\"a\"", "é"]
        {
            assert_eq!(CacheControl::read(header), CacheControl::Usual, "{header:?}");
        }
    }
}
