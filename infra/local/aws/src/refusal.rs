//! Why a stand-in refuses a request: the API's exception and its message.

/// An exception of an AWS API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The exception's name.
    pub code: &'static str,
    /// What it says.
    pub message: String,
}

impl Refusal {
    /// An exception.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Refusal { code, message: message.into() }
    }

    /// A parameter breaks a rule.
    pub fn invalid(message: impl Into<String>) -> Self {
        Refusal::new("ValidationException", message)
    }
}
