//! What can go wrong with a call, by what the caller can do about it.
//!
//! Sources: "API calls" (`developer.spotify.com/documentation/web-api/concepts/api-calls`) for the statuses, the changelog of
//! July 2026 (`…/web-api/references/changes/july-2026`) for `QUOTA_EXCEEDED`. The reasons of the player (`NO_ACTIVE_DEVICE`,
//! `PREMIUM_REQUIRED`, …) are those of the reference's "player error object", which its present pages don't list any more
//! though they are still sent; so an unknown reason is never an error of its own.

use jiff::SignedDuration;

/// Whether a call whose outcome isn't known may be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Again is the same as once: it only reads, or says how things shall be, or certainly wasn't done.
    Safe,
    /// It may have been done: again could queue the track twice, or skip two. Look at the playback first.
    MayDouble,
}

/// A call that failed. Nothing of it is a token, an address, or a text of the answer's: it may be logged.
#[derive(Debug, thiserror::Error)]
pub enum SpotifyError {
    /// Neither the access token that was kept nor one fetched just now was taken (HTTP 401).
    #[error("Spotify refuses an access token that it gave just now")]
    Denied,
    /// The refresh token is no longer taken: the account's owner took the app's access away, changed the password, or it is
    /// older than the six months that such a token lives ("Refreshing tokens",
    /// `developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens`). Somebody has to authorize the app again.
    #[error("Spotify doesn't take the refresh token any more: the app has to be authorized again")]
    Revoked,
    /// The client id or its secret isn't right.
    #[error("Spotify doesn't know the app by this client id and secret")]
    WrongClient,
    /// The app may not do this at all (HTTP 403): a scope wasn't granted, the account isn't among the users of an app in
    /// development mode, or the Premium of the app's owner lapsed.
    #[error("Spotify doesn't allow this to the app: {reason}")]
    Forbidden {
        /// The answer's code, or `http_403`.
        reason: String,
    },
    /// The account has no Premium; without it nothing can be played, queued or skipped.
    #[error("the Spotify account has no Premium")]
    PremiumRequired,
    /// The device takes no commands over the Web API.
    #[error("the device can't be controlled from outside")]
    DeviceRestricted,
    /// The device's volume can't be set from outside.
    #[error("the device's volume can't be set from outside")]
    VolumeFixed,
    /// The player can't do this as things stand: pause what is paused, resume what plays, skip without a next track, play what
    /// isn't licensed. Nothing was done; after a repetition it may mean that the first time was.
    #[error("the player can't do this now: {reason}")]
    NotNow {
        /// The player's code, such as `NO_NEXT_TRACK`; often just `UNKNOWN`.
        reason: String,
    },
    /// No device plays, or the one that was named is gone: someone has to open Spotify on it.
    #[error("no such device is ready to play")]
    NoDevice,
    /// There is no such track.
    #[error("Spotify has no such track")]
    NotFound,
    /// Too many calls. The call wasn't done, and may be made again.
    #[error("Spotify asks to wait for {} s{}", retry_after.as_secs(), if *quota { ": the quota of the app's developer account is used up" } else { "" })]
    Throttled {
        /// How long at least to wait, of which Spotify sets no upper bound.
        retry_after: SignedDuration,
        /// Whether it is the quota of development mode, which all apps of a developer account share, and not the rate limit
        /// of a rolling 30 seconds.
        quota: bool,
    },
    /// No answer, or one that says something broke on the other side.
    #[error("Spotify didn't do its part: {source}")]
    Transient {
        /// Whether the same call may be made again.
        repeat: Repeat,
        /// What was seen.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An answer that isn't what the reference says. Again, only a read-only call: the other side may well have done it.
    #[error("Spotify answered otherwise than its reference says: {what}")]
    Unexpected {
        /// Where and what, never a value.
        what: String,
    },
    /// Spotify says that the request itself is wrong.
    #[error("Spotify refuses the request: {reason}")]
    Refused {
        /// The answer's code, or `http_` and the status.
        reason: String,
    },
    /// What was asked for can't be; nothing was sent.
    #[error("{what}")]
    Invalid {
        /// What is wrong, and what would be right.
        what: String,
    },
}

/// A code as Spotify makes them; anything else could hold whatever was sent, and is not to be shown or kept.
pub(crate) fn code(reason: &str) -> Option<String> {
    let fits = !reason.is_empty() && reason.len() <= 64 && reason.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    fits.then(|| reason.to_owned())
}
