use jiff::Timestamp;
use opsroom_domain::ids::{ChannelId, PersonId};
use proptest::prelude::*;

use super::*;

fn plain(text: &str) -> String {
    render(&Text::plain(text), 3000)
}

#[test]
fn hostile_text_stays_text() {
    let cases = [
        ("hello", "hello"),
        ("<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;"),
        ("&lt;!here&gt;", "&amp;lt;!here&amp;gt;"),
        ("<https://evil.example|bank>", "&lt;https://evil.example|bank&gt;"),
        ("*bold*", "`*bold*`"),
        ("a _b c_ d", "a `_b` `c_` d"),
        ("~gone~", "`~gone~`"),
        ("snake_case_name 2*3*4 a * b _", "snake_case_name 2*3*4 a * b _"),
        ("rm *.rs", "rm `*.rs`"),
        ("`rm -rf`", "`ˋrm` `-rfˋ`"),
        ("```", "`ˋˋˋ`"),
        ("> quoted\n>also a > b", "`&gt;` quoted\n`&gt;also` a &gt; b"),
        (":tada: at 12:30:15", "`:tada:` at 12:30:15"),
        ("nul\0bell\u{7}rtl\u{202e}end", "nulbellrtlend"),
        ("(*x*)", "`(*x*)`"),
    ];
    for (text, expected) in cases {
        assert_eq!(plain(text), expected, "{text:?}");
    }
}

#[test]
fn writes_markup_for_our_own_spans() {
    let text = Text::plain("see ")
        .bold("api")
        .then(" by ")
        .person(&PersonId::from("U0DEPLOYER"))
        .then(" in ")
        .channel(&ChannelId::from("C0OPS"))
        .then(" ")
        .code("a`b")
        .then(" ")
        .link("https://example.com/a|b?c=<d>&e", "the <page> | here")
        .then(" ")
        .italic("soon")
        .then(" ")
        .moment(Timestamp::from_second(1_790_000_000).unwrap());
    insta::assert_snapshot!(render(&text, 3000), @"see *api* by <@U0DEPLOYER> in <#C0OPS> `aˋb` <https://example.com/a%7Cb?c=%3Cd%3E&amp;e|the &lt;page&gt; ¦ here> _soon_ <!date^1790000000^{date_short_pretty} at {time}|2026-09-21 14:13 UTC>");
    insta::assert_snapshot!(render_bare(&text, 3000), @"see api by <@U0DEPLOYER> in <#C0OPS> a`b the &lt;page&gt; | here soon <!date^1790000000^{date_short_pretty} at {time}|2026-09-21 14:13 UTC>");
}

#[test]
fn our_own_spans_with_marks_inside_lose_their_own_marks_only() {
    assert_eq!(render(&Text::empty().bold("a *b* c"), 3000), "a `*b*` c");
    assert_eq!(render(&Text::empty().bold(" padded "), 3000), " padded ");
    assert_eq!(render(&Text::empty().code("two\nlines"), 3000), "`two lines`");
    assert_eq!(render(&Text::empty().code(""), 3000), "");
}

#[test]
fn a_forged_id_or_address_breaks_out_of_nothing() {
    let text = Text::empty().person(&PersonId::from("U1> <!channel")).then(" ").link("javascript:alert(1)", "click");
    assert_eq!(render(&text, 3000), "U1&gt; &lt;!channel click");
    assert_eq!(
        render(&Text::empty().link("https://a.example/\"><!here>", ""), 3000),
        "<https://a.example/%22%3E%3C!here%3E|https://a.example/\"&gt;&lt;!here&gt;>"
    );
}

#[test]
fn cuts_between_entities_and_characters() {
    let person = Text::plain("abc ").person(&PersonId::from("U0DEPLOYER"));
    assert_eq!(render(&person, 17), "abc <@U0DEPLOYER>");
    assert_eq!(render(&person, 16), "abc …");
    assert_eq!(render(&Text::plain("a&b&c"), 9), "a&amp;b…");
    assert_eq!(render(&Text::empty().bold("abcdef"), 6), "*abc*…");
    assert_eq!(render(&Text::plain("ab👩‍🚒cd"), 6), "ab…");
}

fn spans() -> impl Strategy<Value = Text> {
    let text = "[a-z<>&*_~`| \n\0👩‍🚒\u{202e}]{0,30}";
    let span = prop_oneof![
        text.prop_map(Span::Plain),
        text.prop_map(Span::Bold),
        text.prop_map(Span::Code),
        (text, text).prop_map(|(url, text)| Span::Link { url: format!("https://e.example/{url}"), text }),
        "[A-Z0-9<>]{0,12}".prop_map(|id| Span::Person(PersonId::new(id))),
    ];
    prop::collection::vec(span, 0..8).prop_map(Text)
}

proptest! {
    /// However it is cut, every `<` that Slack sees opens an entity of ours that is whole, and the limit holds.
    #[test]
    fn nothing_breaks_out_at_any_length(text in spans(), limit in 1_usize..200) {
        let out = render(&text, limit);
        prop_assert!(length(&out) <= limit);
        let mut rest = out.as_str();
        while let Some(start) = rest.find('<') {
            let entity = &rest[start + 1..];
            let end = entity.find('>');
            prop_assert!(end.is_some(), "unclosed in {out:?}");
            let entity = &entity[..end.unwrap()];
            prop_assert!(entity.starts_with("https://e.example/") || entity.starts_with('@'), "{entity:?} in {out:?}");
            prop_assert!(!entity.contains('<'));
            rest = &rest[start + 1 + end.unwrap()..];
            rest = &rest[1..];
        }
        prop_assert!(!rest.contains('>'));
        let hidden = out.contains(['\0', '\u{202e}']);
        prop_assert!(!hidden);
    }
}
