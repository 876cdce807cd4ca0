//! Which secrets are set, and which a rotation has left valid.

use super::Findings;
use crate::secrets::{BOT_TOKEN, SIGNING_SECRET};

/// How the name of a secret ends that a rotation has left valid.
const BEFORE: &str = "-previous";

/// Where the secrets of those lie who send webhooks.
const SENDERS: &str = "webhooks/";

/// Judges the secrets by their names; no value is needed for that.
pub(super) fn check(set: &[&str], found: &mut Findings) {
    for name in [SIGNING_SECRET, BOT_TOKEN] {
        need(name, "", set, found);
    }
    let is_current = |name: &&str| !name.ends_with(BEFORE);
    let senders: Vec<&str> = set.iter().filter_map(|name| name.strip_prefix(SENDERS)).filter(is_current).collect();
    found.good(match senders.as_slice() {
        [] => "webhooks: no sender is set up (opsctl secrets set webhooks/github, for one)".to_owned(),
        senders => format!("webhooks: {} may send", senders.join(", ")),
    });
    let left = set.iter().filter_map(|name| Some((*name, name.strip_suffix(BEFORE)?)));
    for (before, current) in left {
        if set.contains(&current) {
            found.good(format!("secret {before}: still valid (after the rotation: opsctl secrets retire {before})"));
        } else if current != SIGNING_SECRET {
            // The functions take the one before only beside the one in use; that Slack's own is missing was said above.
            found.wrong(
                format!("secret {before}: set, but not {current}, so that its sender is refused"),
                format!("opsctl secrets set {current}, or if it sends no more: opsctl secrets retire {before}"),
            );
        }
    }
}

/// A secret that has to be set; `else_what` ends the sentence that it isn't.
pub(super) fn need(name: &str, else_what: &str, set: &[&str], found: &mut Findings) {
    if set.contains(&name) {
        found.good(format!("secret {name}: set"));
    } else {
        found.wrong(format!("secret {name}: not set{else_what}"), format!("opsctl secrets set {name}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(set: &[&str]) -> String {
        let mut found = Findings::default();
        check(set, &mut found);
        found.report().text
    }

    #[test]
    fn every_secret_that_a_rotation_left_valid_is_told() {
        let set = [
            "slack/bot-token",
            "slack/signing-secret",
            "slack/signing-secret-previous",
            "webhooks/generic-alerts",
            "webhooks/github",
            "webhooks/github-previous",
            "webhooks/gitlab-previous",
        ];
        insta::assert_snapshot!(told(&set), @r"
        ok        secret slack/signing-secret: set
        ok        secret slack/bot-token: set
        ok        webhooks: generic-alerts, github may send
        ok        secret slack/signing-secret-previous: still valid (after the rotation: opsctl secrets retire slack/signing-secret-previous)
        ok        secret webhooks/github-previous: still valid (after the rotation: opsctl secrets retire webhooks/github-previous)
        wrong     secret webhooks/gitlab-previous: set, but not webhooks/gitlab, so that its sender is refused
                    mend: opsctl secrets set webhooks/gitlab, or if it sends no more: opsctl secrets retire webhooks/gitlab-previous

        1 thing to mend.
        ");
    }

    #[test]
    fn what_is_missing_is_told_once() {
        insta::assert_snapshot!(told(&["slack/signing-secret-previous"]), @r"
        wrong     secret slack/signing-secret: not set
                    mend: opsctl secrets set slack/signing-secret
        wrong     secret slack/bot-token: not set
                    mend: opsctl secrets set slack/bot-token
        ok        webhooks: no sender is set up (opsctl secrets set webhooks/github, for one)

        2 things to mend.
        ");
    }
}
