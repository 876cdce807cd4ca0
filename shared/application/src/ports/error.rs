//! How an adapter says that something outside failed.

/// Why a call to the outside failed, as far as the caller has to act differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortErrorKind {
    /// A time-out, a lost connection, a fault of the other side: trying again may help.
    Transient,
    /// Too many calls: trying again later helps.
    Throttled,
    /// What was asked for isn't there.
    NotFound,
    /// Somebody else changed it first.
    Conflict,
    /// Our role may not do this.
    Denied,
    /// The other side says that the request itself is wrong.
    Permanent,
}

/// A failed call to the outside. The source's text is for the log, never for a room.
#[derive(Debug, thiserror::Error)]
#[error("{operation}: {kind:?}: {source}")]
pub struct PortError {
    /// What to do about it.
    pub kind: PortErrorKind,
    /// What was called, such as `codepipeline:StartPipelineExecution`.
    pub operation: &'static str,
    /// What it said. Holds no secret and no message text.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl PortError {
    /// An error of a kind.
    pub fn new(kind: PortErrorKind, operation: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { kind, operation, source: source.into() }
    }

    /// Whether trying again may help.
    pub fn is_retryable(&self) -> bool {
        matches!(self.kind, PortErrorKind::Transient | PortErrorKind::Throttled | PortErrorKind::Conflict)
    }
}
