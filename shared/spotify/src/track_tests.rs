use proptest::prelude::*;

use super::*;

const ID: &str = "11dFghVXANMlKmJXsNCbNl";

#[test]
fn a_link_in_any_of_its_forms_means_its_track() {
    let links = [
        "https://open.spotify.com/track/11dFghVXANMlKmJXsNCbNl",
        "https://open.spotify.com/track/11dFghVXANMlKmJXsNCbNl?si=1a2b3c4d5e6f7a8b&utm_source=copy-link#top",
        "https://open.spotify.com/intl-de/track/11dFghVXANMlKmJXsNCbNl?si=1",
        "https://open.spotify.com/intl-pt-BR/track/11dFghVXANMlKmJXsNCbNl/",
        "http://OPEN.spotify.com/track/11dFghVXANMlKmJXsNCbNl",
        " spotify:track:11dFghVXANMlKmJXsNCbNl\n",
    ];
    for link in links {
        let uri = parse_link(link).unwrap_or_else(|| panic!("{link}"));
        assert_eq!(uri.to_string(), format!("spotify:track:{ID}"), "{link}");
        assert_eq!(uri.url(), format!("https://open.spotify.com/track/{ID}"));
    }
}

#[test]
fn what_is_no_track_of_spotify_is_none() {
    let links = [
        "",
        "11dFghVXANMlKmJXsNCbNl",
        "https://open.spotify.com/album/11dFghVXANMlKmJXsNCbNl",
        "https://open.spotify.com/track/11dFghVXANMlKmJXsNCbN",
        "https://open.spotify.com/track/11dFghVXANMlKmJXsNCbNlx",
        "https://open.spotify.com/track/11dFghVXANMlKmJXsNCbN-",
        "https://open.spotify.com/track/11dFghVXANMlKmJXsNCbNl/lyrics",
        "https://open.spotify.com/track/",
        "https://open.spotify.com/intl-/track/11dFghVXANMlKmJXsNCbNl",
        "https://open.spotify.com/user/x/track/11dFghVXANMlKmJXsNCbNl",
        "https://open.spotify.com.example.org/track/11dFghVXANMlKmJXsNCbNl",
        "https://open.spotify.com@example.org/track/11dFghVXANMlKmJXsNCbNl",
        "https://me@open.spotify.com/track/11dFghVXANMlKmJXsNCbNl",
        "https://open.spotify.com:8443/track/11dFghVXANMlKmJXsNCbNl",
        "javascript://open.spotify.com/track/11dFghVXANMlKmJXsNCbNl",
        "spotify:episode:11dFghVXANMlKmJXsNCbNl",
        "spotify:track:11dFghVXANMlKmJXsNCb\nl",
        "spotify:track:11dFghVXANMlKmJXsNCbé",
    ];
    for link in links {
        assert_eq!(parse_link(link), None, "{link:?}");
    }
    let error = "spotify:album:11dFghVXANMlKmJXsNCbNl".parse::<TrackUri>().unwrap_err();
    assert!(error.to_string().contains("`spotify:track:`"), "{error}");
}

proptest! {
    #[test]
    fn every_track_is_found_again_by_its_uri_and_its_url(id in "[0-9A-Za-z]{22}") {
        let uri = TrackUri::from_id(&id).unwrap();
        prop_assert_eq!(parse_link(&uri.to_string()), Some(uri.clone()));
        prop_assert_eq!(parse_link(&uri.url()), Some(uri));
    }

    #[test]
    fn nothing_but_letters_and_digits_comes_out_of_any_text(text in "(spotify:track:|https://open.spotify.com/track/)?.{0,40}") {
        if let Some(uri) = parse_link(&text) {
            prop_assert!(uri.id().bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }
    }
}
