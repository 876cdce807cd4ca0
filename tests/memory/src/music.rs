//! A music service that nobody has an account at.

use opsroom_application::ports::{MusicService, PortError};
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::dj::{PlayerAnswer, PlayerAsk};

/// Plays nothing, and says so.
#[derive(Debug, Clone, Copy, Default)]
pub struct MemoryMusic;

impl MusicService for MemoryMusic {
    async fn ask(&self, _device: Option<&str>, _market: Option<&str>, _ask: &PlayerAsk) -> Result<PlayerAnswer, PortError> {
        Ok(PlayerAnswer::Off { why: "nobody has an account".to_owned() })
    }

    fn page(&self, link: &str) -> Option<String> {
        let rest = link.strip_prefix("https://open.spotify.com/track/")?;
        rest.split('?').next().map(|id| format!("https://open.spotify.com/track/{id}"))
    }

    fn call(&self, _ask: &PlayerAsk) -> ApiCall {
        ApiCall::new("music", "play")
    }
}
