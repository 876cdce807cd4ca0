//! Where the door's signing secrets come from.

use opsroom_application::ports::PortError;
use opsroom_slack::signature::Verifier;

/// Gives the secrets with which Slack signs, as a verifier: one secret, or two while it is being rotated.
pub trait SigningSecrets: Send + Sync {
    /// With the secrets as last read.
    fn verifier(&self) -> impl Future<Output = Result<Verifier, PortError>> + Send;

    /// With the secrets read anew; `None` if that was done a moment ago, so that a flood of bad signatures isn't a flood of
    /// calls.
    fn reread(&self) -> impl Future<Output = Result<Option<Verifier>, PortError>> + Send;
}
