//! What an address carries about the way to a page, and not about the page. See ADR 20 for why the list is our own, and short.

use url::{Url, form_urlencoded};

/// Parameters that say where a reader came from. A name that ends in `*` stands for all that begin so.
///
/// Campaign parameters of analytics (Google Analytics "URL builders", Matomo) and of senders of newsletters, and click ids of advertisers.
/// A parameter that is taken off wrongly joins two pages, so a name is here only if it means the same everywhere.
const EVERYWHERE: &[&str] = &[
    "utm_*",
    "mtm_*",
    "pk_campaign",
    "pk_kwd",
    "pk_keyword",
    "pk_source",
    "pk_medium",
    "pk_content",
    "pk_cid",
    "hsa_*",
    "_hsenc",
    "_hsmi",
    "__hs*",
    "hsctatracking",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "oly_anon_id",
    "oly_enc_id",
    "vero_id",
    "vero_conv",
    "gclid",
    "gclsrc",
    "gbraid",
    "wbraid",
    "dclid",
    "gad_source",
    "gad_campaignid",
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
    "wt_mc",
    "ref_src",
    "ref_url",
    "__twitter_impression",
    "guccounter",
    "guce_referrer",
    "guce_referrer_sig",
];

/// What some sites add besides: elsewhere the same name may say what is read. `amazon.` stands for the site in every country.
const OF_SITES: &[(&str, &[&str])] = &[
    ("youtube.com", &["si", "feature", "pp", "ab_channel", "app"]),
    ("open.spotify.com", &["si", "context", "nd", "dlsi"]),
    ("music.apple.com", &["ls", "itscg", "itsct", "app", "at", "ct"]),
    ("x.com", &["s", "t"]),
    ("twitter.com", &["s", "t"]),
    ("linkedin.com", &["trk", "trkinfo", "trackingid", "lipi", "refid", "rcm"]),
    ("medium.com", &["source"]),
    ("amazon.", &["ref", "ref_", "tag", "pf_rd_*", "pd_rd_*", "qid", "sr", "sprefix", "crid", "dib", "dib_tag", "linkcode"]),
    ("reddit.com", &["rdt", "share_id"]),
    ("substack.com", &["r", "publication_id", "post_id", "isfreemail", "triedredirect"]),
    ("msn.com", &["cvid", "ocid", "ei"]),
    ("bing.com", &["cvid", "form", "pc"]),
];

/// Whether a parameter says only where a reader came from.
fn is_tracking(site: &str, name: &str, value: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let fits = |rule: &&str| rule.strip_suffix('*').map_or(name == *rule, |prefix| name.starts_with(prefix));
    // GitHub names the file that it shows below a repository's files, which everybody sees who opens the repository.
    EVERYWHERE.iter().any(fits)
        || OF_SITES.iter().filter(|(of, _)| is_of(site, of)).flat_map(|(_, names)| *names).any(fits)
        || (site == "github.com" && name == "tab" && value.ends_with("-ov-file"))
}

/// Whether a host is a site or one of its parts.
pub(super) fn is_of(host: &str, site: &str) -> bool {
    if site.ends_with('.') {
        return host.starts_with(site);
    }
    host == site || host.strip_suffix(site).is_some_and(|rest| rest.ends_with('.'))
}

/// The parameters that stay, each as it was written: what can't be decoded must not be mixed up.
pub(super) fn kept_parameters<'a>(site: &str, query: &'a str) -> Vec<&'a str> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .filter(|pair| {
            let decoded = form_urlencoded::parse(pair.as_bytes()).next();
            decoded.is_none_or(|(name, value)| !is_tracking(site, &name, &value))
        })
        .collect()
}

/// Addresses that only lead on to another: the site, the path, the parameters of which one is the address.
const LEADING_ON: &[(&str, &str, &[&str])] = &[
    ("google.", "/url", &["q", "url"]),
    ("youtube.com", "/redirect", &["q"]),
    ("l.facebook.com", "/l.php", &["u"]),
    ("slack-redir.net", "/link", &["url"]),
    ("duckduckgo.com", "/l/", &["uddg"]),
    ("linkedin.com", "/redir/redirect", &["url"]),
];

/// Where an address leads on to, without following it: some carry it within, and so do caches of accelerated pages.
pub(super) fn leads_on_to(site: &str, url: &Url) -> Option<Url> {
    let of_the_web = |text: &str| Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let parameters = LEADING_ON.iter().find(|(of, path, _)| is_of(site, of) && url.path() == *path).map(|(_, _, names)| *names);
    if let Some(names) = parameters {
        return names
            .iter()
            .find_map(|wanted| url.query_pairs().find(|(name, _)| name == wanted))
            .and_then(|(_, address)| of_the_web(&address));
    }
    let cached = match site {
        _ if is_of(site, "google.") => url.path().strip_prefix("/amp/"),
        _ if is_of(site, "cdn.ampproject.org") => ["/c/", "/v/"].iter().find_map(|prefix| url.path().strip_prefix(prefix)),
        _ => None,
    }?;
    let cached = cached.strip_prefix("s/").unwrap_or(cached);
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    of_the_web(&format!("https://{cached}{query}")).filter(|url| url.host_str().is_some_and(|host| host.contains('.')))
}
