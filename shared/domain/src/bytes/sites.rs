//! Well-known sites that have several addresses for the same thing: which of them is kept. Each of the kept ones opens the page.

use url::Url;

/// A site's name without what only names a way to it: `www.`, `m.`, `mobile.`, `amp.`.
pub(super) fn site(host: &str) -> &str {
    let mut site = host;
    while let Some(rest) = ["www.", "m.", "mobile.", "amp."].iter().find_map(|prefix| site.strip_prefix(prefix)) {
        // `m.de` is a name, and so is `www.de`.
        if !rest.contains('.') || rest.starts_with('.') {
            break;
        }
        site = rest;
    }
    site
}

/// The host, the path and, where it is another one, the query of the address that is kept.
struct Other {
    host: String,
    path: String,
    query: Query,
}

enum Query {
    /// As it was posted.
    Same,
    /// None of it matters.
    None,
    /// Besides the rest, this is the parameter that says what is shown.
    With(&'static str, String),
}

/// Turns one of several addresses of the same thing into the one that is kept.
pub(super) fn settle(url: &mut Url) -> Result<(), url::ParseError> {
    let Some(other) = url.host_str().and_then(|host| other(site(host), url)) else { return Ok(()) };
    url.set_host(Some(&other.host))?;
    url.set_path(&other.path);
    // All of these sites are served with TLS.
    if url.set_scheme("https").is_err() || url.set_port(None).is_err() {
        return Err(url::ParseError::InvalidPort);
    }
    match other.query {
        Query::Same => {}
        Query::None => url.set_query(None),
        Query::With(name, value) => {
            let rest = url.query().unwrap_or_default().split('&').filter(|pair| pair.split('=').next() != Some(name) && !pair.is_empty());
            let query = std::iter::once(format!("{name}={value}")).chain(rest.map(str::to_owned)).collect::<Vec<_>>().join("&");
            url.set_query(Some(&query));
        }
    }
    Ok(())
}

fn other(site: &str, url: &Url) -> Option<Other> {
    if url.port().is_some() {
        return None;
    }
    let to = |host: &str, path: String, query: Query| Some(Other { host: host.to_owned(), path, query });
    let segments: Vec<&str> = url.path_segments()?.filter(|segment| !segment.is_empty()).collect();
    match (site, segments.as_slice()) {
        ("youtu.be", [video]) | ("youtube.com" | "youtube-nocookie.com", ["shorts" | "embed" | "live" | "v", video]) if is_name(video) => {
            to("www.youtube.com", "/watch".to_owned(), Query::With("v", (*video).to_owned()))
        }
        ("music.youtube.com", ["watch"]) => to("www.youtube.com", "/watch".to_owned(), Query::Same),
        ("x.com" | "twitter.com", [_, "status", post, ..] | ["i", "web", "status", post, ..]) if is_number(post) => {
            to("x.com", format!("/i/status/{post}"), Query::None)
        }
        ("x.com" | "twitter.com", _) => to("x.com", url.path().to_owned(), Query::Same),
        ("stackoverflow.com", ["questions" | "q", question, ..]) if is_number(question) => {
            to("stackoverflow.com", format!("/questions/{question}"), Query::None)
        }
        ("arxiv.org", ["pdf" | "html", paper]) => to("arxiv.org", format!("/abs/{}", paper.trim_end_matches(".pdf")), Query::None),
        ("redd.it", [post]) if is_name(post) => to("www.reddit.com", format!("/comments/{post}"), Query::None),
        (
            "reddit.com" | "old.reddit.com" | "new.reddit.com" | "np.reddit.com",
            ["r", _, "comments", post] | ["r", _, "comments", post, _] | ["comments", post, ..],
        ) if segments.len() < 6 && is_name(post) => to("www.reddit.com", format!("/comments/{post}"), Query::None),
        ("old.reddit.com" | "new.reddit.com" | "np.reddit.com", _) => to("www.reddit.com", url.path().to_owned(), Query::Same),
        ("open.spotify.com", [language, kind, id]) if language.starts_with("intl-") => {
            to("open.spotify.com", format!("/{kind}/{id}"), Query::Same)
        }
        (_, [.., "dp", article] | [.., "dp", article, _] | ["gp", "product", article, ..])
            if super::tracking::is_of(site, "amazon.") && article.len() == 10 && is_name(article) =>
        {
            to(&format!("www.{site}"), format!("/dp/{article}"), Query::None)
        }
        (host, _) if host.ends_with(".m.wikipedia.org") => {
            to(&host.replace(".m.wikipedia.org", ".wikipedia.org"), url.path().to_owned(), Query::Same)
        }
        _ => None,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit())
}

/// What sites call their things by.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'))
}
