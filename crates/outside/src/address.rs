//! Where a service is: on the other end of TLS, or on this machine.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;
use thiserror::Error;

/// The address of a service.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(Url);

/// Why a text is no address of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AddressFault {
    /// No URL of a web server.
    #[error("the address of a service is a URL such as https://service.example.edu.cn/messages")]
    Form,
    /// Anybody on the way could read and change what goes there.
    #[error("a service on another machine is reached by https:// only; http:// is for this machine")]
    Open,
    /// Something that belongs elsewhere.
    #[error("the address of a service has no user, password, query or fragment; keys are set beside it")]
    Extras,
}

impl AddressFault {
    /// The message in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Form => "服务地址应为网址，如 https://service.example.edu.cn/messages",
            Self::Open => "其他机器上的服务必须使用 https://，http:// 只能用于本机",
            Self::Extras => "服务地址中不能含用户名、密码、查询参数或片段，密钥另行设置",
        }
    }
}

impl fmt::Debug for Address {
    /// Scheme and host: a path may be a secret of the service.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Address({}://{}/***)", self.0.scheme(), self.0.host_str().unwrap_or_default())
    }
}

impl Address {
    /// Reads an address: `https://`, or `http://` for this machine (`localhost`, 127.0.0.0/8, `::1`).
    ///
    /// # Errors
    /// [`AddressFault`] with what is wrong.
    pub fn parse(text: &str) -> Result<Self, AddressFault> {
        let url = Url::parse(text).map_err(|_| AddressFault::Form)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(AddressFault::Form)?;
        match url.scheme() {
            "https" => {}
            "http" if is_this_machine(host) => {}
            "http" => return Err(AddressFault::Open),
            _ => return Err(AddressFault::Form),
        }
        let has_extras = !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some();
        if has_extras { Err(AddressFault::Extras) } else { Ok(Self(url)) }
    }

    /// The address as a URL.
    pub(crate) fn url(&self) -> &Url {
        &self.0
    }

    /// The address of something below this one; each part is one step of the path, whatever stands in it.
    pub(crate) fn below(&self, parts: &[&str]) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(parts);
        }
        url
    }
}

/// Whether a host names this machine alone.
pub(crate) fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// What a request is signed with: path and query as they go over the wire.
pub(crate) fn target(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tls_leaves_this_machine_and_nothing_but_the_address_stands_in_it() {
        for fine in
            ["https://pay.example.cn", "http://127.0.0.1:8080/x", "http://[::1]/", "http://localhost:1"]
        {
            assert!(Address::parse(fine).is_ok(), "{fine}");
        }
        for (wrong, fault) in [
            ("", AddressFault::Form),
            ("service", AddressFault::Form),
            ("ftp://127.0.0.1", AddressFault::Form),
            ("mailto:a@b.cn", AddressFault::Form),
            ("http://service.example.cn", AddressFault::Open),
            ("http://127.0.0.1.example.cn", AddressFault::Open),
            ("http://10.0.0.1", AddressFault::Open),
            ("https://user@service.example.cn", AddressFault::Extras),
            ("https://:secret@service.example.cn", AddressFault::Extras),
            ("https://service.example.cn/?key=1", AddressFault::Extras),
            ("https://service.example.cn/#a", AddressFault::Extras),
        ] {
            assert_eq!(Address::parse(wrong), Err(fault), "{wrong}");
        }
        let hidden = Address::parse("https://service.example.cn/hook/secret").unwrap();
        assert!(!format!("{hidden:?}").contains("secret"));
    }

    #[test]
    fn a_step_of_a_path_stays_one_step() {
        let base = Address::parse("https://pay.example.cn/").unwrap();
        let below = base.below(&["v3", "a/../b?c", "d"]);
        assert_eq!(below.as_str(), "https://pay.example.cn/v3/a%2F..%2Fb%3Fc/d");
        assert_eq!(target(&below), "/v3/a%2F..%2Fb%3Fc/d");
    }
}
