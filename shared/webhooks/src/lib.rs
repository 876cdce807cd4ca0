//! What GitHub, CI servers and scripts send: who may knock ([`verify`]), what is taken ([`recognise`]), and what it says ([`read`]).
//!
//! Payloads are read into small types of our own that hold what is shown or decided on, nearly all of it optional; an unknown value of
//! an enumeration is no error. What each event becomes stands in the module of its sender.

mod bounds;
pub mod ci;
pub mod github;
mod secrets;
mod sender;
mod text;
mod webhook;

pub use secrets::{NotAuthentic, Secrets};
pub use sender::Sender;
pub use webhook::{BadRequest, Reading, Recognised, Unreadable, Webhook, read, recognise, verify};
