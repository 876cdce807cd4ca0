//! The Slack app manifest with a stack's addresses in it, and the scopes that the app needs.

use serde::Deserialize;

use crate::failure::Failure;

const TEMPLATE: &str = include_str!("../../slack/manifest.yaml");
const PLACEHOLDER: &str = "{slack_ingress}";

/// The manifest for a stack whose door for Slack is at this address.
pub(crate) fn filled(slack_ingress_url: &str) -> Result<String, Failure> {
    let url = slack_ingress_url.trim_end_matches('/');
    // It becomes part of a quoted YAML string.
    let is_address = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).is_some_and(|rest| !rest.is_empty());
    if !is_address || url.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\\')) {
        return Err(Failure::new(format!("the stack's output SlackIngressUrl is no address: `{url}`")));
    }
    let body: String = TEMPLATE.lines().filter(|line| !line.starts_with('#')).flat_map(|line| [line, "\n"]).collect();
    Ok(body.replace(PLACEHOLDER, url))
}

/// The scopes that the manifest asks for.
pub(crate) fn bot_scopes() -> Result<Vec<String>, Failure> {
    #[derive(Deserialize)]
    struct Manifest {
        oauth_config: OauthConfig,
    }
    #[derive(Deserialize)]
    struct OauthConfig {
        scopes: Scopes,
    }
    #[derive(Deserialize)]
    struct Scopes {
        bot: Vec<String>,
    }
    let manifest: Manifest =
        serde_saphyr::from_str(TEMPLATE).map_err(|error| Failure::new(format!("this program's own manifest is broken: {error}")))?;
    Ok(manifest.oauth_config.scopes.bot)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn points_slack_at_the_stack() {
        // A Function URL ends in a slash.
        let text = filled("https://abc.lambda-url.eu-central-1.on.aws/").unwrap();
        let manifest: Value = serde_saphyr::from_str(&text).unwrap();
        let address = |path: &str| format!("https://abc.lambda-url.eu-central-1.on.aws/{path}");
        assert_eq!(manifest["features"]["slash_commands"][0]["url"], address("commands"));
        assert_eq!(manifest["settings"]["event_subscriptions"]["request_url"], address("events"));
        assert_eq!(manifest["settings"]["interactivity"]["request_url"], address("interactions"));
        assert_eq!(manifest["settings"]["interactivity"]["is_enabled"], true);
        assert!(!text.contains('{'), "a placeholder is left: {text}");
    }

    #[test]
    fn keeps_within_slacks_lengths() {
        // "App manifest reference": name 35, description 140, bot display name 80; "Slash commands": description and hint.
        let manifest: Value = serde_saphyr::from_str(&filled("https://abc.example").unwrap()).unwrap();
        let length = |value: &Value| value.as_str().unwrap().chars().count();
        assert!(length(&manifest["display_information"]["name"]) <= 35);
        assert!(length(&manifest["display_information"]["description"]) <= 140);
        assert!(length(&manifest["features"]["bot_user"]["display_name"]) <= 80);
    }

    #[test]
    fn takes_nothing_that_is_no_address() {
        for bad in ["", "ftp://x", "https://", "https://a b", "https://a\"\nx: y"] {
            assert!(filled(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn asks_for_what_the_subscribed_events_and_methods_need() {
        let scopes = bot_scopes().unwrap();
        let methods =
            ["commands", "chat:write", "app_mentions:read", "channels:read", "groups:read", "users:read", "files:write", "im:write"];
        // "message.channels", "message.groups", "reaction_added": the scope that each event takes.
        let events = ["channels:history", "groups:history", "reactions:read"];
        for needed in methods.into_iter().chain(events) {
            assert!(scopes.iter().any(|scope| scope == needed), "{needed}");
        }
    }

    #[test]
    fn the_home_tab_messages_and_reactions_are_told_of() {
        let manifest: Value = serde_saphyr::from_str(&filled("https://abc.example").unwrap()).unwrap();
        let events: Vec<&str> =
            manifest["settings"]["event_subscriptions"]["bot_events"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let wanted = ["app_home_opened", "app_mention", "message.channels", "message.groups", "reaction_added", "reaction_removed"];
        assert_eq!(events, wanted);
        assert_eq!(manifest["features"]["app_home"]["home_tab_enabled"], true);
    }
}
