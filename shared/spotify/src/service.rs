//! Spotify as the second player behind the DJ's port: each of the port's questions as calls of the Web API.
//!
//! Spotify's own queue can be added to but not changed, and who votes or takes a song out changes what comes next. So nothing is put into it: the station
//! is told that the next song is noted, and starts it when the one before is over. That leaves a moment of silence between songs, and never a
//! song that nobody wants any more.

use opsroom_application::ports::{Clock, MusicService, PortError, PortErrorKind};
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::dj::{Fit, PlayerAnswer, PlayerAsk, PlayerStatus, Sound, Track as Song};
use tokio::sync::OnceCell;

use crate::access::Credentials;
use crate::catalogue::{LARGEST_SEARCH, Market};
use crate::client::{Addresses, Spotify};
use crate::error::SpotifyError;
use crate::player::{DeviceId, Playback};
use crate::track::{Track, parse_link};

/// Gives the credentials of the account that plays.
pub trait CredentialSource: Send + Sync {
    /// The credentials; `None` if nobody has put them down yet, in which case the text says where they belong.
    fn credentials(&self) -> impl Future<Output = Result<Result<Credentials, String>, PortError>> + Send;
}

/// Spotify for a room. Nothing is read or connected before the first song is asked for.
pub struct SpotifyService<S, C> {
    http: reqwest::Client,
    addresses: Addresses,
    source: S,
    clock: C,
    client: OnceCell<Spotify>,
}

impl<S: CredentialSource, C: Clock + Clone + 'static> SpotifyService<S, C> {
    /// A service over an HTTP client ([`crate::http_client`]).
    pub fn new(http: reqwest::Client, addresses: Addresses, source: S, clock: C) -> Self {
        Self { http, addresses, source, clock, client: OnceCell::new() }
    }

    async fn client(&self) -> Result<Result<&Spotify, String>, PortError> {
        if let Some(client) = self.client.get() {
            return Ok(Ok(client));
        }
        let credentials = match self.source.credentials().await? {
            Ok(credentials) => credentials,
            Err(missing) => return Ok(Err(missing)),
        };
        let made = || async { Spotify::new(self.http.clone(), self.addresses.clone(), credentials, self.clock.clone()) };
        Ok(Ok(self.client.get_or_init(made).await))
    }
}

impl<S: CredentialSource, C: Clock + Clone + 'static> MusicService for SpotifyService<S, C> {
    async fn ask(&self, device: Option<&str>, market: Option<&str>, ask: &PlayerAsk) -> Result<PlayerAnswer, PortError> {
        let client = match self.client().await? {
            Ok(client) => client.clone(),
            Err(missing) => return Ok(PlayerAnswer::Off { why: missing }),
        };
        let answered = match market.map(Market::new).transpose() {
            Ok(market) => {
                let client = market.map_or_else(|| client.clone(), |market| client.clone().in_market(market));
                answer(&client, device, ask).await
            }
            Err(error) => Err(error),
        };
        answered.or_else(|error| failed(ask, &error))
    }

    fn page(&self, link: &str) -> Option<String> {
        parse_link(link).map(|track| track.url())
    }

    fn call(&self, ask: &PlayerAsk) -> ApiCall {
        let (method, path) = match ask {
            PlayerAsk::Search { .. } => ("GET", "/v1/search"),
            PlayerAsk::Play { .. } | PlayerAsk::Resume => ("PUT", "/v1/me/player/play"),
            // Its own queue stays empty: what follows is begun by name, so going on is to end what plays.
            PlayerAsk::Next | PlayerAsk::Stop => ("PUT", "/v1/me/player/pause"),
            PlayerAsk::Volume { .. } => ("PUT", "/v1/me/player/volume"),
            PlayerAsk::Enqueue { .. } | PlayerAsk::Status => ("GET", "/v1/me/player"),
        };
        ApiCall::new("spotify", method).with("path", path)
    }
}

async fn answer(client: &Spotify, device: Option<&str>, ask: &PlayerAsk) -> Result<PlayerAnswer, SpotifyError> {
    if let PlayerAsk::Search { words } = ask {
        return search(client, words).await;
    }
    let device = match device {
        None => None,
        Some(name) => Some(named(client, name).await?),
    };
    let device = device.as_ref();
    let mut next = None;
    match ask {
        PlayerAsk::Play { uri } => client.play(device, &track_uri(uri)?).await?,
        PlayerAsk::Enqueue { uri } => next = Some(song(&client.track(&track_uri(uri)?).await?)),
        PlayerAsk::Next | PlayerAsk::Stop => or_not_now(client.pause(device).await)?,
        PlayerAsk::Resume => or_not_now(client.resume(device).await)?,
        PlayerAsk::Volume { percent } => client.set_volume(device, *percent).await?,
        PlayerAsk::Search { .. } | PlayerAsk::Status => {}
    }
    let mut status = status(client.playback().await?);
    if let PlayerAsk::Play { uri } = ask {
        // Commands reach the player some time after they were answered; what it says before that is of the song before.
        let is_there = status.current.as_ref().is_some_and(|track| track.uri == *uri);
        if !is_there {
            status.current = song(&client.track(&track_uri(uri)?).await?);
            (status.sound, status.elapsed_seconds) = (Sound::Playing, 0);
        }
    }
    if matches!(ask, PlayerAsk::Next) {
        // There is nothing to go on to: what plays is to end.
        (status.sound, status.current) = (Sound::Stopped, None);
    }
    status.next = next.flatten();
    Ok(PlayerAnswer::Status(status))
}

/// A link is looked up, words are searched for.
async fn search(client: &Spotify, words: &str) -> Result<PlayerAnswer, SpotifyError> {
    if let Some(uri) = parse_link(words) {
        let track = match client.track(&uri).await {
            Ok(track) => song(&track),
            Err(SpotifyError::NotFound) => None,
            Err(error) => return Err(error),
        };
        return Ok(PlayerAnswer::Found { fit: Fit::All, tracks: track.into_iter().collect() });
    }
    let found = client.search(words, LARGEST_SEARCH).await?;
    let playable = found.iter().filter(|track| track.playable != Some(false)).filter_map(song).collect();
    let (fit, tracks) = Fit::of(words, playable);
    Ok(PlayerAnswer::Found { fit, tracks })
}

async fn named(client: &Spotify, name: &str) -> Result<DeviceId, SpotifyError> {
    let devices = client.devices().await?;
    let found = devices.into_iter().find(|device| device.name.eq_ignore_ascii_case(name));
    found.and_then(|device| device.id).ok_or(SpotifyError::NoDevice)
}

fn track_uri(uri: &str) -> Result<crate::track::TrackUri, SpotifyError> {
    uri.parse().map_err(|error: crate::track::NotATrack| SpotifyError::Invalid { what: error.to_string() })
}

fn song(track: &Track) -> Option<Song> {
    let seconds = u32::try_from(track.duration.as_secs()).ok();
    Song::new(&track.uri.to_string(), &track.artists.join(", "), &track.title, &track.album, seconds)
}

fn status(playback: Option<Playback>) -> PlayerStatus {
    let Some(playback) = playback else {
        return PlayerStatus { sound: Sound::Stopped, current: None, next: None, elapsed_seconds: 0, volume: None, error: None };
    };
    let current = playback.track.as_ref().and_then(song);
    let sound = match (playback.playing, &current) {
        (true, _) => Sound::Playing,
        (false, Some(_)) if playback.progress.as_secs() > 0 => Sound::Paused,
        (false, _) => Sound::Stopped,
    };
    PlayerStatus {
        sound,
        current: current.filter(|_| sound != Sound::Stopped),
        next: None,
        elapsed_seconds: u32::try_from(playback.progress.as_secs()).unwrap_or(0),
        volume: playback.device.volume.filter(|_| playback.device.volume_settable),
        error: None,
    }
}

/// What is so already needs no doing.
fn or_not_now(done: Result<(), SpotifyError>) -> Result<(), SpotifyError> {
    match done {
        Err(SpotifyError::NotNow { .. }) => Ok(()),
        other => other,
    }
}

/// What a failure is to the station: the player is off, it doesn't do that, or it is to be asked again.
fn failed(ask: &PlayerAsk, error: &SpotifyError) -> Result<PlayerAnswer, PortError> {
    let why = error.to_string();
    match error {
        SpotifyError::NoDevice
        | SpotifyError::Revoked
        | SpotifyError::WrongClient
        | SpotifyError::Denied
        | SpotifyError::PremiumRequired
        | SpotifyError::DeviceRestricted
        | SpotifyError::Forbidden { .. } => Ok(PlayerAnswer::Off { why }),
        SpotifyError::VolumeFixed
        | SpotifyError::NotNow { .. }
        | SpotifyError::NotFound
        | SpotifyError::Refused { .. }
        | SpotifyError::Invalid { .. }
        | SpotifyError::Unexpected { .. } => Ok(PlayerAnswer::Refused { why }),
        SpotifyError::Throttled { .. } => Err(PortError::new(PortErrorKind::Throttled, name(ask), why)),
        // Nothing here is done twice by being asked twice: a song is begun anew, a volume set again.
        SpotifyError::Transient { .. } => Err(PortError::new(PortErrorKind::Transient, name(ask), why)),
    }
}

fn name(ask: &PlayerAsk) -> &'static str {
    match ask {
        PlayerAsk::Search { .. } => "spotify:search",
        _ => "spotify:player",
    }
}

#[cfg(test)]
#[path = "service_tests.rs"]
mod tests;
