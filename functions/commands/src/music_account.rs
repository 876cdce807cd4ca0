//! The music account that Spotify is told with, out of the account's parameters.

use opsroom_application::ports::{PortError, PortErrorKind};
use opsroom_aws_parameters::MusicSecrets;
use opsroom_spotify::{CredentialSource, Credentials};

/// The secrets of the account that plays.
pub(crate) struct SpotifyAccount(pub(crate) MusicSecrets);

impl CredentialSource for SpotifyAccount {
    async fn credentials(&self) -> Result<Result<Credentials, String>, PortError> {
        match self.0.account().await {
            Ok(account) => Ok(Ok(Credentials {
                client_id: account.client_id,
                client_secret: account.client_secret,
                refresh_token: account.refresh_token,
            })),
            // Nobody has put them down: that is for people to mend, not for a retry.
            Err(error) if error.kind == PortErrorKind::NotFound => Ok(Err(error.to_string())),
            Err(error) => Err(error),
        }
    }
}
