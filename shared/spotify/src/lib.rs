//! Spotify's Web API, as far as a room that plays music together needs it: find a track, play or queue it on a device, see what
//! plays (`developer.spotify.com/documentation/web-api`).
//!
//! Own code over the HTTP client and the one TLS stack that all of Opsroom has: eleven calls are used, and of each it has to be
//! decided what a failure means and whether it may be made again, which is most of what there is to write.
//!
//! The account is one with Premium, whose owner authorized the app once, by the authorization code flow, for the scopes
//! [`SCOPES`]. What that leaves is a refresh token of six months, see [`SpotifyError::Revoked`].
//!
//! Only what an app in development mode is left with is used. Since November 2024 and February 2026 such an app has no
//! recommendations, no preview clips, no `popularity` and no `available_markets` of a track, and gets at most
//! [`LARGEST_SEARCH`] results of a search ("February 2026 Web API Dev Mode Changes",
//! `developer.spotify.com/documentation/web-api/tutorials/february-2026-migration-guide`).
//!
//! Nothing is logged here, and no error holds a token, an address that was called, or more of an answer than its code.

mod access;
mod answers;
mod call;
mod catalogue;
mod client;
mod error;
#[cfg(test)]
mod fake;
mod player;
mod service;
mod track;

pub use access::Credentials;
pub use catalogue::{LARGEST_SEARCH, Market};
pub use client::{ACCOUNTS, API, Addresses, BadAddress, Spotify, http_client};
pub use error::{Repeat, SpotifyError};
pub use player::{Device, DeviceId, Playback};
pub use service::{CredentialSource, SpotifyService};
pub use track::{NotATrack, Track, TrackUri, parse_link};

/// What the account's owner has to grant ("Scopes", `developer.spotify.com/documentation/web-api/concepts/scopes`): seeing what
/// plays and where, and controlling it. Searching needs none.
pub const SCOPES: [&str; 2] = ["user-read-playback-state", "user-modify-playback-state"];
