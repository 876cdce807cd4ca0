//! One address for what is one page: the same article is posted from a phone, from a newsletter and from a search page, and must be found as one.

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::sites::{settle, site};
use super::tracking::{is_of, kept_parameters, leads_on_to};
use crate::ids::{ChannelId, code};

/// A longer address is not kept, in characters as it is posted and in bytes as it is stored: a link in a message of Slack's has 3000 at most
/// (Block Kit: "`url`"), and a list of three hundred has to fit into one item.
pub const LONGEST_URL: usize = 2000;
/// So often an address may lead on to another.
const MOST_STEPS: usize = 3;

/// Why an address is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotKept {
    /// It can't be read.
    #[error("that is no address; one that is kept looks like `https://example.com/article`")]
    Unreadable,
    /// It leads to no page of the web.
    #[error("only `http:` and `https:` addresses are kept")]
    NotOfTheWeb,
    /// It carries a name and a password, which are nobody's to read.
    #[error("an address with a user name or a password in it is not kept")]
    Credentials,
    /// It is too long.
    #[error("an address has at most {LONGEST_URL} characters")]
    TooLong,
}

/// The address of a page, without what says only where a reader came from. It opens the page: scheme, host and place in the page stay as they were
/// posted. Two addresses are equal if they lead to the same page, however they are written.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CanonicalUrl(String);

impl CanonicalUrl {
    /// Reads an address as it was posted.
    pub fn parse(posted: &str) -> Result<Self, NotKept> {
        let posted = posted.trim();
        if posted.chars().count() > LONGEST_URL {
            return Err(NotKept::TooLong);
        }
        let mut url = of_the_web(Url::parse(posted).map_err(|_| NotKept::Unreadable)?)?;
        for _ in 0..MOST_STEPS {
            let Some(next) = url.host_str().and_then(|host| leads_on_to(site(host), &url)) else { break };
            url = of_the_web(next)?;
        }
        settle(&mut url).map_err(|_| NotKept::Unreadable)?;
        let kept = kept_parameters(site(url.host_str().unwrap_or_default()), url.query().unwrap_or_default()).join("&");
        url.set_query(Some(kept.as_str()).filter(|kept| !kept.is_empty()));
        // What a browser marks on the page ("URL fragment text directives") is the reader's own.
        let fragment = url.fragment().map(|fragment| fragment.split(":~:").next().unwrap_or_default().to_owned());
        url.set_fragment(fragment.as_deref().filter(|fragment| !fragment.is_empty()));
        // What isn't ASCII has become longer.
        if url.as_str().len() > LONGEST_URL { Err(NotKept::TooLong) } else { Ok(Self(url.into())) }
    }

    /// The address, as it is opened.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, as people know the site: `docs.rs`.
    pub fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or(self.0.as_str(), |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|c| c.is_ascii_digit()) => site(host),
            _ => site(authority),
        }
    }

    /// The address without what nobody reads: `docs.rs/tokio`.
    pub fn readable(&self) -> &str {
        let rest = self.0.split_once("://").map_or(self.0.as_str(), |(_, rest)| rest);
        rest.strip_prefix("www.").unwrap_or(rest).trim_end_matches('/')
    }

    /// What all addresses of the page have in common: `docs.rs/tokio?a=1`. Names it, and opens nothing.
    pub fn key(&self) -> String {
        let Ok(url) = Url::parse(&self.0) else { return self.0.clone() };
        let host = site(url.host_str().unwrap_or_default());
        // What is served without TLS is nearly always served with it as well, and is the same.
        let port = url.port().filter(|port| !matches!(port, 80 | 443)).map(|port| format!(":{port}")).unwrap_or_default();
        let path = without_amp(url.path()).trim_end_matches('/');
        let is_video = host == "youtube.com" && path == "/watch";
        let mut parameters: Vec<&str> = url.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()).collect();
        let name = |pair: &str| pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
        parameters.retain(|pair| if is_video { name(pair) == "v" } else { !says_where(host, &name(pair)) });
        // Stable: what is said twice is said in its order.
        parameters.sort_by_key(|pair| pair.split('=').next().unwrap_or_default().to_owned());
        let mut key = format!("{host}{port}{}", unescaped(path));
        if !parameters.is_empty() {
            key = format!("{key}?{}", unescaped(&parameters.join("&").replace('+', "%20")));
        }
        match url.fragment().filter(|fragment| names_a_page(fragment)) {
            Some(fragment) => format!("{key}#{fragment}"),
            None => key,
        }
    }
}

impl PartialEq for CanonicalUrl {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.key() == other.key()
    }
}

impl Eq for CanonicalUrl {}

impl std::fmt::Display for CanonicalUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Names a link of a room: the same address in the same channel always has the same one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LinkId(String);

impl LinkId {
    /// Derives it. 80 bits: no two of a hundred million links share one with a chance worth naming.
    pub fn of(channel: &ChannelId, url: &CanonicalUrl) -> Self {
        Self(code(&format!("{channel} {}", url.key()), 16))
    }

    /// As it was stored.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for LinkId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// An address that may be kept: of the web, with a host, without credentials.
fn of_the_web(mut url: Url) -> Result<Url, NotKept> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(NotKept::NotOfTheWeb);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(NotKept::Credentials);
    }
    if let Some(Host::Domain(host)) = url.host().map(|host| host.to_owned()) {
        let trimmed = host.trim_end_matches('.');
        if trimmed.is_empty() || url.set_host(Some(trimmed)).is_err() {
            return Err(NotKept::Unreadable);
        }
    }
    Ok(url)
}

/// Parameters that say how or where in a page something is shown; only the address that is opened needs them.
fn says_where(host: &str, name: &str) -> bool {
    matches!(name, "amp" | "outputtype")
        || (is_of(host, "reddit.com") && name == "context")
        // What lets a friend read, too.
        || (is_of(host, "medium.com") && name == "sk")
}

/// Accelerated pages are the same pages: `/a-long-title/amp/`. What else ends in `amp` is a thing of that name.
fn without_amp(path: &str) -> &str {
    let page = path.trim_end_matches('/').strip_suffix("/amp");
    let is_title = |page: &&str| {
        let last = page.rsplit('/').next().unwrap_or_default();
        last.matches('-').count() > 1 || last.rsplit('.').next() == Some("html")
    };
    page.filter(is_title).unwrap_or(path)
}

/// Escapes in one form (RFC 3986, 6.2.2): capital digits, and none for what needs none.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let digits = after.get(..2).filter(|digits| digits.bytes().all(|c| c.is_ascii_hexdigit()));
        let Some(digits) = digits else {
            out.push('%');
            rest = after;
            continue;
        };
        match u8::from_str_radix(digits, 16).map(char::from) {
            Ok(c) if c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~') => out.push(c),
            _ => {
                out.push('%');
                out.push_str(&digits.to_ascii_uppercase());
            }
        }
        rest = after.get(2..).unwrap_or_default();
    }
    out + rest
}

/// Some sites keep the page's name behind the `#`: `#/route` and `#!route`. Everything else is a place in the page.
fn names_a_page(fragment: &str) -> bool {
    fragment.starts_with('/') || fragment.starts_with('!')
}

#[cfg(test)]
#[path = "url_tests.rs"]
mod tests;
