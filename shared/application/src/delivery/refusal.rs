//! What Slack's refusals mean: some are final, and some only until an administrator has mended something.

use opsroom_domain::room_message::Destination;

/// What a refusal means.
pub(super) enum Refusal {
    /// It will be the same tomorrow.
    Final,
    /// An administrator can mend it: invite the app, give it a scope, correct an address.
    Mendable,
    /// The time in which this could be answered is over.
    TooLate,
}

/// Slack's words for what an administrator can mend ("chat.postMessage", "chat.update", "conversations.history": errors). A
/// private channel that the app was removed from is `channel_not_found`.
const MENDABLE: [&str; 8] = [
    "not_in_channel",
    "channel_not_found",
    "missing_scope",
    "no_permission",
    "access_denied",
    "ekm_access_denied",
    "team_access_not_granted",
    "not_allowed_token_type",
];

/// Sorts a refusal. Addresses for answers run out, which Slack says in words or as HTTP 404; closed dialogs are `not_found`.
/// The API itself answers 4xx without an error code only where something between is set up wrongly.
pub(super) fn refusal(destination: &Destination, error: &str) -> Refusal {
    match destination {
        Destination::Response { .. } if matches!(error, "expired_url" | "used_url" | "http_404" | "http_410") => Refusal::TooLate,
        Destination::View { .. } if matches!(error, "not_found" | "view_not_found") => Refusal::TooLate,
        Destination::Response { .. } => Refusal::Final,
        _ if MENDABLE.contains(&error) || error.starts_with("http_4") || error.starts_with("restricted_action") => Refusal::Mendable,
        _ => Refusal::Final,
    }
}
