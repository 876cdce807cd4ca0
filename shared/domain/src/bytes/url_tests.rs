//! Which addresses are one page, which are two, and which are none.

use proptest::prelude::*;

use super::*;

fn parse(posted: &str) -> CanonicalUrl {
    CanonicalUrl::parse(posted).unwrap_or_else(|why| panic!("{posted}: {why}"))
}

#[test]
fn what_is_kept_opens_the_page_and_says_nothing_of_the_way_to_it() {
    let cases = [
        ("https://blog.rust-lang.org/2026/01/15/Rust.html", "https://blog.rust-lang.org/2026/01/15/Rust.html"),
        ("HTTP://WWW.Example.com:80/a/?utm_source=x&b=2&a=1&fbclid=y#top", "http://www.example.com/a/?b=2&a=1#top"),
        ("http://wiki/Runbooks", "http://wiki/Runbooks"),
        ("https://example.com./?", "https://example.com/"),
        ("https://example.com/a#:~:text=word", "https://example.com/a"),
        ("https://example.com/a#part:~:text=word", "https://example.com/a#part"),
        ("https://example.com/?source=docs&ref=main&pk=7&trk=1", "https://example.com/?source=docs&ref=main&pk=7&trk=1"),
        ("https://example.com/?q=%E9&UTM_Campaign=x&flag", "https://example.com/?q=%E9&flag"),
        ("https://youtu.be/dQw4w9WgXcQ?si=abc&t=42", "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=42"),
        ("http://m.youtube.com/watch?v=dQw4w9WgXcQ&feature=share", "http://m.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://www.youtube.com/shorts/dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://mobile.twitter.com/rustlang/status/17?s=20", "https://x.com/i/status/17"),
        ("https://en.m.wikipedia.org/wiki/Tokio", "https://en.wikipedia.org/wiki/Tokio"),
        ("https://arxiv.org/pdf/1706.03762.pdf", "https://arxiv.org/abs/1706.03762"),
        ("https://stackoverflow.com/questions/11227809/why-is-it", "https://stackoverflow.com/questions/11227809"),
        ("https://open.spotify.com/intl-de/track/5W3cjX2J3tj?si=1", "https://open.spotify.com/track/5W3cjX2J3tj"),
        ("https://www.amazon.de/Rust/dp/1718503105/ref=sr_1_1?qid=1", "https://www.amazon.de/dp/1718503105"),
        ("https://old.reddit.com/r/rust/comments/abc123/a_title/?context=3", "https://www.reddit.com/comments/abc123"),
        ("https://github.com/tokio-rs/tokio?tab=readme-ov-file#overview", "https://github.com/tokio-rs/tokio#overview"),
        ("https://github.com/tokio-rs?tab=repositories", "https://github.com/tokio-rs?tab=repositories"),
        ("https://api.github.com/repos/a/b/contents/c?ref=next", "https://api.github.com/repos/a/b/contents/c?ref=next"),
        ("https://bücher.example/straße", "https://xn--bcher-kva.example/stra%C3%9Fe"),
        ("http://192.0.2.7:8080/x/", "http://192.0.2.7:8080/x/"),
        ("https://www.google.de/url?q=https%3A%2F%2Fexample.com%2Fa%3Futm_source%3Dx&sa=D", "https://example.com/a"),
        ("https://www.google.com/amp/s/example.com/a-long-title/amp/", "https://example.com/a-long-title/amp/"),
        ("https://l.facebook.com/l.php?u=https://youtu.be/abc", "https://www.youtube.com/watch?v=abc"),
        ("https://www.google.com/url?q=javascript:alert(1)", "https://www.google.com/url?q=javascript:alert(1)"),
        ("https://netflix.example/watch/80057281", "https://netflix.example/watch/80057281"),
    ];
    for (posted, kept) in cases {
        assert_eq!(parse(posted).as_str(), kept, "{posted}");
    }
}

#[test]
fn what_is_one_page_is_one_link() {
    let pages: [&[&str]; 12] = [
        &[
            "https://example.com/a?a=1&b=2",
            "HTTP://WWW.Example.com:80/a/?utm_source=x&b=2&a=1#top",
            "https://m.example.com:443/a?b=2&a=1&amp=1",
        ],
        &["https://example.com", "http://www.example.com/?", "https://example.com./#x"],
        &[
            "https://example.com/2026/a-long-title/",
            "https://amp.example.com/2026/a-long-title/amp",
            "https://example.com/2026/a-long-title",
        ],
        &[
            "https://youtu.be/abc?t=1",
            "https://music.youtube.com/watch?v=abc&list=RD1",
            "https://www.youtube.com/embed/abc",
            "https://m.youtube.com/watch?v=abc",
        ],
        &["https://twitter.com/a/status/17", "https://x.com/b/status/17/photo/1?s=20", "https://x.com/i/web/status/17"],
        &["https://redd.it/abc", "https://www.reddit.com/r/rust/comments/abc/title/", "https://np.reddit.com/r/rust/comments/abc"],
        &["https://example.com/%7euser/%c3%a4", "https://example.com/~user/ä"],
        &["https://example.com/?q=a%20b", "https://example.com/?q=a+b"],
        &["https://medium.com/@a/title-1?source=rss&sk=secret", "https://medium.com/@a/title-1"],
        &["https://github.com/a/b", "https://github.com/a/b/?tab=MIT-1-ov-file#readme"],
        &["https://arxiv.org/abs/1706.03762", "http://arxiv.org/pdf/1706.03762", "https://arxiv.org/html/1706.03762"],
        &["http://[2001:db8::1]/a", "https://[2001:db8::1]/a/"],
    ];
    for (place, page) in pages.iter().enumerate() {
        for address in *page {
            assert_eq!(LinkId::of(&"C1".into(), &parse(address)), LinkId::of(&"C1".into(), &parse(page[0])), "{address}");
            assert_eq!(parse(address), parse(page[0]), "{address}");
        }
        for other in pages.iter().skip(place + 1) {
            assert_ne!(parse(page[0]), parse(other[0]));
        }
    }
}

#[test]
fn what_is_two_pages_is_two_links() {
    let cases = [
        ("https://example.com/a", "https://example.com/A"),
        ("https://example.com/?q=1", "https://example.com/?q=2"),
        ("https://example.com/?q=%E9", "https://example.com/?q=%E8"),
        ("https://example.com/?q=1&q=2", "https://example.com/?q=2&q=1"),
        ("https://example.com:8443/x", "https://example.com/x"),
        ("https://app.example.com/#/issues/7", "https://app.example.com/#/issues/8"),
        ("https://github.com/some-one/amp", "https://github.com/some-one"),
        ("https://www.youtube.com/playlist?list=a", "https://www.youtube.com/playlist?list=b"),
        ("https://www.reddit.com/r/rust/comments/abc/title/xyz/", "https://www.reddit.com/r/rust/comments/abc/title/"),
        ("https://docs.rs/tokio", "https://tokio.rs/docs"),
        ("https://example.com/a%2Fb", "https://example.com/a/b"),
    ];
    for (one, other) in cases {
        assert_ne!(LinkId::of(&"C1".into(), &parse(one)), LinkId::of(&"C1".into(), &parse(other)), "{one} {other}");
    }
}

#[test]
fn what_is_no_page_of_the_web_is_not_kept() {
    let long = format!("https://example.com/{}", "a".repeat(LONGEST_URL));
    // Six bytes for each once it is escaped.
    let escaped = format!("https://example.com/{}", "ä".repeat(LONGEST_URL / 3));
    let cases = [
        ("javascript:alert(1)", NotKept::NotOfTheWeb),
        ("JaVaScRiPt:alert(1)", NotKept::NotOfTheWeb),
        ("data:text/html,x", NotKept::NotOfTheWeb),
        ("ftp://example.com/x", NotKept::NotOfTheWeb),
        ("file:///etc/passwd", NotKept::NotOfTheWeb),
        ("mailto:a@example.com", NotKept::NotOfTheWeb),
        ("https://user:secret@example.com/", NotKept::Credentials),
        ("https://example.com@evil.example/", NotKept::Credentials),
        ("https://www.google.com/url?q=https://user@example.com/", NotKept::Credentials),
        ("https://", NotKept::Unreadable),
        ("https://./", NotKept::Unreadable),
        ("example.com/x", NotKept::Unreadable),
        ("", NotKept::Unreadable),
        (long.as_str(), NotKept::TooLong),
        (escaped.as_str(), NotKept::TooLong),
    ];
    for (posted, why) in cases {
        assert_eq!(CanonicalUrl::parse(posted), Err(why), "{posted}");
    }
}

#[test]
fn a_host_is_what_people_know_the_site_by() {
    for (posted, host) in [
        ("https://www.example.com/a:b", "example.com"),
        ("http://m.example.com:8080?x", "example.com"),
        ("http://[2001:db8::1]/", "[2001:db8::1]"),
        ("http://[2001:db8::1]:81/", "[2001:db8::1]"),
        ("http://m.de/", "m.de"),
    ] {
        assert_eq!(parse(posted).host(), host, "{posted}");
    }
    let url = parse("https://example.com/a");
    assert_ne!(LinkId::of(&"C1".into(), &url), LinkId::of(&"C2".into(), &url), "a link is the room's own");
    assert_eq!(LinkId::of(&"C1".into(), &url).as_str().len(), 16);
}

/// Addresses of all kinds, among them those of the well-known sites.
fn addresses() -> impl Strategy<Value = String> {
    let hosts = "((www|m|mobile|amp)\\.){0,2}(example\\.com|youtu\\.be|youtube\\.com|x\\.com|reddit\\.com|amazon\\.de|github\\.com|de|google\\.com|arxiv\\.org)\\.?(:(80|443|81))?";
    let path = "(/(watch|amp|status|comments|r|dp|url|pdf|shorts|17|a-b-c|%7E|%c3%a4|ä|\\.\\.|)){0,4}/?";
    let query = "(\\?((utm_source|v|t|q|a|amp|ref|si|%E9|u)(=(1|%2B|\\+|https://youtu\\.be/a|&)?)?&?){0,4})?";
    let fragment = "(#(/a|!b|top|:~:text=a|))?";
    (prop_oneof![Just("http"), Just("https")], hosts, path, query, fragment)
        .prop_map(|(scheme, host, path, query, fragment)| format!("{scheme}://{host}{path}{query}{fragment}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn what_was_kept_stays_what_it_is(posted in addresses()) {
        if let Ok(once) = CanonicalUrl::parse(&posted) {
            let twice = CanonicalUrl::parse(once.as_str());
            prop_assert_eq!(twice.as_ref().map(CanonicalUrl::as_str), Ok(once.as_str()));
            prop_assert!(once.as_str().len() <= LONGEST_URL && !once.host().is_empty());
        }
    }

    #[test]
    fn the_way_to_a_page_makes_no_other_page(
        path in "[a-z0-9]{1,8}(/[a-z0-9]{1,8}){0,2}",
        query in proptest::collection::vec(("[a-d]", "[a-z0-9]{0,3}"), 0..4),
        noise in proptest::collection::vec(prop_oneof![Just("utm_source=x"), Just("fbclid=1"), Just("gclid=%20")], 0..3),
        (www, tls, slash, at_end) in any::<(bool, bool, bool, bool)>(),
    ) {
        let own: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let noise: Vec<String> = noise.into_iter().map(str::to_owned).collect();
        let all = if at_end { [own.clone(), noise].concat() } else { [noise, own.clone()].concat() };
        let plain = format!("https://example.com/{path}?{}", own.join("&"));
        let posted = format!(
            "{}://{}example.com/{path}{}?{}#part",
            if tls { "https" } else { "http" }, if www { "www." } else { "" }, if slash { "/" } else { "" }, all.join("&"),
        );
        prop_assert_eq!(parse(&plain).key(), parse(&posted).key());
        prop_assert_ne!(parse(&plain).key(), parse(&format!("https://example.com/{path}z")).key());
    }
}
