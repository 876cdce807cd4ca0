//! One address for what is one page: the same article is posted from a phone, from a newsletter and from a search page, and must be found as one.

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::ids::{ChannelId, code};

/// A longer address is kept by nobody: Slack itself shows no more of one ("Formatting text for app surfaces": a URL has 3000 characters).
pub const LONGEST_URL: usize = 2000;

/// Parameters that say where a reader came from and not what is read. A name that ends in `*` stands for all that begin so.
///
/// Campaign parameters of analytics ("Google Analytics: URL builders", Matomo, Adobe), click ids of advertisers, and what share
/// buttons of well-known sites add.
const TRACKING: &[&str] = &[
    "utm_*",
    "mtm_*",
    "pk_*",
    "hsa_*",
    "hs_*",
    "_hs*",
    "mc_*",
    "oly_*",
    "vero_*",
    "trk*",
    "spm",
    "gclid",
    "gclsrc",
    "gbraid",
    "wbraid",
    "dclid",
    "fbclid",
    "msclkid",
    "twclid",
    "ttclid",
    "yclid",
    "igshid",
    "igsh",
    "li_fat_id",
    "_ga",
    "_gl",
    "srsltid",
    "s_cid",
    "s_kwcid",
    "cmpid",
    "ref_src",
    "ref_url",
    "__twitter_impression",
    "mkt_tok",
    "__hstc",
    "__hssc",
    "__hsfp",
    "wt_mc",
    "ncid",
    "sr_share",
    "guccounter",
    "guce_referrer",
    "guce_referrer_sig",
    "share_id",
    "cvid",
    "ocid",
];

/// What some hosts add besides: elsewhere the same name may say what is read.
const TRACKING_OF_HOSTS: &[(&str, &[&str])] = &[
    ("youtube.com", &["si", "feature", "pp", "ab_channel", "app"]),
    ("open.spotify.com", &["si", "context", "nd", "dlsi"]),
    ("music.apple.com", &["ls", "itscg", "itsct", "app", "at", "ct"]),
    ("x.com", &["s", "t"]),
    ("linkedin.com", &["trackingid", "lipi", "refid", "rcm"]),
    ("medium.com", &["source", "sk"]),
    ("amazon.com", &["ref", "tag", "pf_rd_p", "pf_rd_r", "pd_rd_r", "pd_rd_w", "pd_rd_wg", "qid", "sr", "psc"]),
    ("reddit.com", &["rdt", "share_id", "context"]),
    ("news.ycombinator.com", &["goto"]),
    ("substack.com", &["r", "publication_id", "post_id", "isfreemail", "triedredirect"]),
    ("github.com", &["ref"]),
];

/// Hosts that are other names of the same site.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("twitter.com", "x.com"),
    ("mobile.twitter.com", "x.com"),
    ("music.youtube.com", "youtube.com"),
    ("old.reddit.com", "reddit.com"),
    ("new.reddit.com", "reddit.com"),
    ("np.reddit.com", "reddit.com"),
];

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

/// An address without what doesn't belong to the page: `http` or `https`, no tracking parameters, parameters in order, no fragment that only says
/// where to look in the page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CanonicalUrl(String);

impl CanonicalUrl {
    /// Reads an address as it was posted.
    pub fn parse(posted: &str) -> Result<Self, NotKept> {
        let posted = posted.trim();
        if posted.chars().count() > LONGEST_URL {
            return Err(NotKept::TooLong);
        }
        let mut url = Url::parse(posted).map_err(|_| NotKept::Unreadable)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NotKept::NotOfTheWeb);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NotKept::Credentials);
        }
        let host = match url.host() {
            Some(Host::Domain(host)) if !host.is_empty() => site(host),
            Some(Host::Domain(_)) | None => return Err(NotKept::Unreadable),
            Some(address) => address.to_string(),
        };
        let (host, path) = of_well_known(&host, &url).unwrap_or_else(|| (host, url.path().to_owned()));
        let (host, path) = without_amp(host, path);
        let of_host = TRACKING_OF_HOSTS.iter().filter(|(site, _)| belongs_to(&host, site)).flat_map(|(_, names)| *names);
        let of_host: Vec<&str> = of_host.copied().collect();
        let mut parameters: Vec<(String, String)> =
            parameters(&url, &path).into_iter().filter(|(name, _)| !is_tracking(&name.to_ascii_lowercase(), &of_host)).collect();
        parameters.sort();
        // Same page, same name: what is served without TLS is nearly always served with it as well.
        if url.set_scheme("https").is_err() || url.set_host(Some(&host)).is_err() {
            return Err(NotKept::Unreadable);
        }
        url.set_path(trimmed(&path));
        let fragment = url.fragment().filter(|fragment| names_a_page(fragment)).map(str::to_owned);
        url.set_fragment(fragment.as_deref());
        url.set_query(None);
        if !parameters.is_empty() {
            url.query_pairs_mut().extend_pairs(parameters);
        }
        if url.port() == Some(80) {
            url.set_port(None).map_err(|()| NotKept::Unreadable)?;
        }
        Ok(Self(url.into()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, as people know the site: `docs.rs`.
    pub fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or(self.0.as_str(), |(_, rest)| rest);
        rest.split(['/', '?', '#', ':']).next().unwrap_or(rest)
    }
}

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
        Self(code(&format!("{channel} {url}"), 16))
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

/// The host without what only names a way to it: `www.`, `m.`, `amp.`.
fn site(host: &str) -> String {
    let host = host.trim_end_matches('.');
    let host = ["www.", "m.", "mobile.", "amp."]
        .iter()
        .find_map(|prefix| host.strip_prefix(prefix).filter(|rest| rest.contains('.')))
        .unwrap_or(host);
    OTHER_NAMES.iter().find(|(other, _)| *other == host).map_or(host, |(_, name)| name).to_owned()
}

fn belongs_to(host: &str, site: &str) -> bool {
    host == site || host.strip_suffix(site).is_some_and(|rest| rest.ends_with('.'))
}

/// Sites that have several addresses for the same thing: the host and the path of the one that is kept.
fn of_well_known(host: &str, url: &Url) -> Option<(String, String)> {
    let segments: Vec<&str> = url.path_segments()?.filter(|segment| !segment.is_empty()).collect();
    match (host, segments.as_slice()) {
        ("youtu.be", [video]) | ("youtube.com", ["shorts" | "embed" | "live" | "v", video]) => {
            Some(("youtube.com".to_owned(), format!("/watch/{video}")))
        }
        ("x.com", [_, "status", post, ..]) => Some(("x.com".to_owned(), format!("/i/status/{post}"))),
        ("amazon.com", [.., "dp", article] | [.., "dp", article, _]) => Some(("amazon.com".to_owned(), format!("/dp/{article}"))),
        ("stackoverflow.com", ["questions" | "q", question, ..])
            if !question.is_empty() && question.bytes().all(|c| c.is_ascii_digit()) =>
        {
            Some(("stackoverflow.com".to_owned(), format!("/questions/{question}")))
        }
        ("arxiv.org", ["pdf", paper]) => Some(("arxiv.org".to_owned(), format!("/abs/{}", paper.trim_end_matches(".pdf")))),
        _ if host.ends_with(".wikipedia.org") || host == "wikipedia.org" => {
            Some((host.replace(".m.wikipedia.org", ".wikipedia.org"), url.path().to_owned()))
        }
        _ => None,
    }
}

/// The parameters, with the ones that a well-known path stands for: `/watch/<video>` is `/watch?v=<video>`.
fn parameters(url: &Url, path: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    if let Some(video) = path.strip_prefix("/watch/") {
        found.retain(|(name, _)| name != "v");
        found.push(("v".to_owned(), video.to_owned()));
    }
    found
}

/// Accelerated pages are the same pages ("AMP": `/amp/`, `?amp=1`, `amp.` hosts).
fn without_amp(host: String, path: String) -> (String, String) {
    match path.strip_suffix("/amp/").or_else(|| path.strip_suffix("/amp")) {
        Some(page) if !page.is_empty() => (host, page.to_owned()),
        _ => (host, path),
    }
}

fn trimmed(path: &str) -> &str {
    let path = if path.starts_with("/watch/") { "/watch" } else { path };
    if path.len() > 1 { path.trim_end_matches('/') } else { path }
}

fn is_tracking(name: &str, of_host: &[&str]) -> bool {
    let fits = |rule: &&str| rule.strip_suffix('*').map_or(name == *rule, |prefix| name.starts_with(prefix));
    TRACKING.iter().any(fits) || of_host.contains(&name) || (name == "amp" || name == "outputtype")
}

/// Some sites keep the page's name behind the `#`: `#/route` and `#!route`. Everything else is a place in the page.
fn names_a_page(fragment: &str) -> bool {
    fragment.starts_with('/') || fragment.starts_with('!')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_one_page_has_one_address() {
        let cases = [
            ("https://blog.rust-lang.org/2026/01/15/Rust.html", "https://blog.rust-lang.org/2026/01/15/Rust.html"),
            ("HTTP://WWW.Example.com:80/a/?utm_source=x&b=2&a=1&fbclid=y#top", "https://example.com/a?a=1&b=2"),
            ("https://example.com/?", "https://example.com/"),
            ("https://example.com", "https://example.com/"),
            ("https://m.example.com/page/amp/", "https://example.com/page"),
            ("https://example.com/page?amp=1", "https://example.com/page"),
            ("https://youtu.be/dQw4w9WgXcQ?si=abc&t=42", "https://youtube.com/watch?t=42&v=dQw4w9WgXcQ"),
            ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&feature=share", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
            ("https://youtube.com/shorts/dQw4w9WgXcQ", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
            ("https://mobile.twitter.com/rustlang/status/17?s=20", "https://x.com/i/status/17"),
            ("https://x.com/other/status/17/photo/1", "https://x.com/i/status/17"),
            ("https://en.m.wikipedia.org/wiki/Tokio", "https://en.wikipedia.org/wiki/Tokio"),
            ("https://arxiv.org/pdf/1706.03762.pdf", "https://arxiv.org/abs/1706.03762"),
            ("https://stackoverflow.com/questions/11227809/why-is-it", "https://stackoverflow.com/questions/11227809"),
            ("https://open.spotify.com/track/5W3cjX2J3tjhG8zb6u0qHn?si=1", "https://open.spotify.com/track/5W3cjX2J3tjhG8zb6u0qHn"),
            ("https://app.example.com/#/issues/7", "https://app.example.com/#/issues/7"),
            ("https://bücher.example/straße", "https://xn--bcher-kva.example/stra%C3%9Fe"),
            ("https://example.com:8443/x", "https://example.com:8443/x"),
            ("http://192.0.2.7/x/", "https://192.0.2.7/x"),
            ("https://example.com/search?q=a%20b&q=c", "https://example.com/search?q=a+b&q=c"),
            ("https://example.com/?source=docs&ref=main", "https://example.com/?ref=main&source=docs"),
        ];
        for (posted, kept) in cases {
            assert_eq!(CanonicalUrl::parse(posted).map(|url| url.0), Ok(kept.to_owned()), "{posted}");
        }
    }

    #[test]
    fn a_canonical_address_stays_what_it_is() {
        for posted in
            ["https://youtu.be/a?t=1", "https://www.example.com/a/?b=1&utm_x=2", "https://x.com/a/status/1", "https://example.com/#!/a"]
        {
            let once = CanonicalUrl::parse(posted).unwrap();
            assert_eq!(CanonicalUrl::parse(once.as_str()), Ok(once.clone()), "{posted}");
        }
    }

    #[test]
    fn what_is_no_page_of_the_web_is_not_kept() {
        let long = format!("https://example.com/{}", "a".repeat(LONGEST_URL));
        let cases = [
            ("javascript:alert(1)", NotKept::NotOfTheWeb),
            ("JaVaScRiPt:alert(1)", NotKept::NotOfTheWeb),
            ("data:text/html,x", NotKept::NotOfTheWeb),
            ("ftp://example.com/x", NotKept::NotOfTheWeb),
            ("file:///etc/passwd", NotKept::NotOfTheWeb),
            ("mailto:a@example.com", NotKept::NotOfTheWeb),
            ("https://user:secret@example.com/", NotKept::Credentials),
            ("https://", NotKept::Unreadable),
            ("example.com/x", NotKept::Unreadable),
            ("", NotKept::Unreadable),
            (long.as_str(), NotKept::TooLong),
        ];
        for (posted, why) in cases {
            assert_eq!(CanonicalUrl::parse(posted), Err(why), "{posted}");
        }
    }

    #[test]
    fn a_link_is_the_rooms_own() {
        let url = CanonicalUrl::parse("https://example.com/a").unwrap();
        assert_eq!(LinkId::of(&"C1".into(), &url), LinkId::of(&"C1".into(), &url));
        assert_ne!(LinkId::of(&"C1".into(), &url), LinkId::of(&"C2".into(), &url));
        assert_eq!((LinkId::of(&"C1".into(), &url).as_str().len(), url.host()), (16, "example.com"));
    }
}
