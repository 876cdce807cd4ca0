//! The player: what plays where, and the commands ("Player", `developer.spotify.com/documentation/web-api/reference/…`, the
//! page is named at each method).
//!
//! A command is answered with 204 and no body by the reference, and in fact often with 200 and a word that means nothing; so a
//! body is never read. Where no device is named, the active one is meant.

use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::answers::{RawDevice, RawDevices, RawPlayback, RawTrack, read_json, read_value, wrong};
use crate::call::{Call, Effect};
use crate::client::Spotify;
use crate::error::SpotifyError;
use crate::track::{Track, TrackUri};

/// A device's id: "unique and persistent to some extent", so to be looked up again when [`SpotifyError::NoDevice`] comes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeviceId(String);

impl DeviceId {
    /// The device of an id.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Something that plays: a phone, a computer, a loudspeaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// How commands name it; some devices can't be named.
    pub id: Option<DeviceId>,
    /// What its owner calls it.
    pub name: String,
    /// `computer`, `smartphone`, `speaker` and so on.
    pub kind: String,
    /// Whether commands that name no device go to it.
    pub active: bool,
    /// Whether it takes no commands over the Web API.
    pub restricted: bool,
    /// 0 to 100, where it is known.
    pub volume: Option<u8>,
    /// Whether the volume can be set.
    pub volume_settable: bool,
}

/// What plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Playback {
    /// The track; none during an episode, an advertisement, or a file of the listener's own.
    pub track: Option<Track>,
    /// How far into it.
    pub progress: SignedDuration,
    /// Whether it plays, or is paused.
    pub playing: bool,
    /// Where, and how loud.
    pub device: Device,
}

impl RawDevice {
    fn device(self, place: &str) -> Result<Device, SpotifyError> {
        if self.volume_percent.is_some_and(|percent| percent > 100) {
            return Err(wrong(&format!("{place}.volume_percent"), "more than 100"));
        }
        Ok(Device {
            id: self.id.filter(|id| !id.is_empty()).map(DeviceId),
            name: self.name,
            kind: self.kind.to_ascii_lowercase(),
            active: self.is_active,
            restricted: self.is_restricted,
            volume: self.volume_percent,
            volume_settable: self.supports_volume.unwrap_or(true),
        })
    }
}

impl Spotify {
    /// What plays or is paused; none where no device is active. (`get-information-about-the-users-current-playback`.)
    pub async fn playback(&self) -> Result<Option<Playback>, SpotifyError> {
        let query = self.with_market([]);
        let answer = self.call(&Call { method: Method::GET, path: &["me", "player"], query, body: None, effect: Effect::Sets }).await?;
        if answer.status == StatusCode::NO_CONTENT {
            return Ok(None);
        }
        let playback: RawPlayback = read_json(&answer.body, "playback")?;
        let track = match playback.item {
            // "Make sure that your client properly handles cases of new types in the future by checking against the `type`".
            Some(item) if item["type"] == "track" => read_value::<RawTrack>(item, "playback.item")?.track("playback.item")?,
            _ => None,
        };
        Ok(Some(Playback {
            track,
            progress: SignedDuration::from_millis(i64::from(playback.progress_ms.unwrap_or_default())),
            playing: playback.is_playing,
            device: playback.device.device("playback.device")?,
        }))
    }

    /// All devices that could play. (`get-a-users-available-devices`.)
    pub async fn devices(&self) -> Result<Vec<Device>, SpotifyError> {
        let path = &["me", "player", "devices"];
        let answer = self.call(&Call { method: Method::GET, path, query: Vec::new(), body: None, effect: Effect::Sets }).await?;
        let devices: RawDevices = read_json(&answer.body, "devices")?;
        devices.devices.into_iter().enumerate().map(|(nth, device)| device.device(&format!("devices.devices[{nth}]"))).collect()
    }

    /// Plays a track from its beginning, in place of what plays. Again is harmless: it begins anew. (`start-a-users-playback`.)
    pub async fn play(&self, device: Option<&DeviceId>, uri: &TrackUri) -> Result<(), SpotifyError> {
        let body = json!({"uris": [uri.to_string()]});
        self.command(Method::PUT, "play", [], device, Some(body), Effect::Sets).await
    }

    /// Plays a track when those that were queued before it are over. **Again queues it twice**: after
    /// [`Repeat::MayDouble`](crate::Repeat::MayDouble) nobody knows whether it is queued. (`add-to-queue`.)
    pub async fn add_to_queue(&self, device: Option<&DeviceId>, uri: &TrackUri) -> Result<(), SpotifyError> {
        let uri = uri.to_string();
        self.command(Method::POST, "queue", [("uri", uri.as_str())], device, None, Effect::Steps).await
    }

    /// Lets a device take over what plays, or what is paused, and play it. (`transfer-a-users-playback`.)
    pub async fn transfer(&self, device: &DeviceId) -> Result<(), SpotifyError> {
        let body = json!({"device_ids": [device.as_str()], "play": true});
        let call = Call { method: Method::PUT, path: &["me", "player"], query: Vec::new(), body: Some(body), effect: Effect::Sets };
        self.call(&call).await.map(|_| ()).map_err(of_a_device)
    }

    /// Pauses. What is paused already answers [`SpotifyError::NotNow`]. (`pause-a-users-playback`.)
    pub async fn pause(&self, device: Option<&DeviceId>) -> Result<(), SpotifyError> {
        self.command(Method::PUT, "pause", [], device, None, Effect::Sets).await
    }

    /// Plays on where it was paused. What plays already answers [`SpotifyError::NotNow`]. (`start-a-users-playback`, without a
    /// body: an empty object would stop what plays.)
    pub async fn resume(&self, device: Option<&DeviceId>) -> Result<(), SpotifyError> {
        self.command(Method::PUT, "play", [], device, None, Effect::Sets).await
    }

    /// Goes on to the next track. **Again skips two.** (`skip-users-playback-to-next-track`.)
    pub async fn next(&self, device: Option<&DeviceId>) -> Result<(), SpotifyError> {
        self.command(Method::POST, "next", [], device, None, Effect::Steps).await
    }

    /// Sets the volume, 0 to 100. (`set-volume-for-users-playback`.)
    pub async fn set_volume(&self, device: Option<&DeviceId>, percent: u8) -> Result<(), SpotifyError> {
        if percent > 100 {
            return Err(SpotifyError::Invalid { what: format!("a volume of {percent} %: 0 to 100 would be right") });
        }
        let percent = percent.to_string();
        self.command(Method::PUT, "volume", [("volume_percent", percent.as_str())], device, None, Effect::Sets).await
    }

    async fn command<const N: usize>(
        &self,
        method: Method,
        name: &str,
        parameters: [(&'static str, &str); N],
        device: Option<&DeviceId>,
        body: Option<Value>,
        effect: Effect,
    ) -> Result<(), SpotifyError> {
        let query = parameters.into_iter().chain(device.map(|device| ("device_id", device.as_str()))).collect();
        let call = Call { method, path: &["me", "player", name], query, body, effect };
        self.call(&call).await.map(|_| ()).map_err(of_a_device)
    }
}

/// What a command doesn't find is its device.
fn of_a_device(error: SpotifyError) -> SpotifyError {
    match error {
        SpotifyError::NotFound => SpotifyError::NoDevice,
        error => error,
    }
}

#[cfg(test)]
#[path = "player_tests.rs"]
mod tests;
