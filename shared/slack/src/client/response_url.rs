//! Decides where an answer may be posted to. A `response_url` comes out of a queue; whoever could write there must not be
//! able to make Opsroom send requests into the network it runs in.

use url::Url;

/// The addresses that are taken.
#[derive(Debug, Clone)]
pub(super) struct ResponseUrls {
    extra: Option<Url>,
}

impl ResponseUrls {
    pub(super) fn new(extra: Option<Url>) -> Self {
        Self { extra }
    }

    /// The address, if it is taken.
    pub(super) fn accept(&self, address: &str) -> Option<Url> {
        let url = Url::parse(address).ok()?;
        if !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        let slack = url.scheme() == "https" && url.host_str() == Some("hooks.slack.com") && url.port().is_none();
        // Both are parsed, so `..` in a path is resolved by now.
        let extra = || self.extra.as_ref().is_some_and(|base| url.origin() == base.origin() && url.path().starts_with(base.path()));
        (slack || extra()).then_some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_go_to_slack_or_to_the_configured_base_alone() {
        let urls = ResponseUrls::new(Some(Url::parse("http://127.0.0.1:9000/response/").unwrap()));
        let cases = [
            ("https://hooks.slack.com/commands/T1/1/x", true),
            ("https://hooks.slack.com:443/commands/T1/1/x", true),
            ("http://127.0.0.1:9000/response/1", true),
            ("http://hooks.slack.com/commands/T1", false),
            ("https://hooks.slack.com:8443/x", false),
            ("https://hooks.slack.com.evil.example/x", false),
            ("https://hooks.slack.com@evil.example/x", false),
            ("https://user@hooks.slack.com/x", false),
            ("https://evil.example/https://hooks.slack.com/", false),
            ("http://127.0.0.1:9000/response/../_local", false),
            ("http://127.0.0.1:9001/response/1", false),
            ("http://169.254.169.254/latest/meta-data", false),
            ("file:///etc/passwd", false),
            ("", false),
        ];
        for (address, taken) in cases {
            assert_eq!(urls.accept(address).is_some(), taken, "{address}");
        }
        assert!(ResponseUrls::new(None).accept("http://127.0.0.1:9000/response/1").is_none());
    }
}
