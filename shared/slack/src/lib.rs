//! Slack: who really wrote (`signature`), what they wrote (`inbound`), how a card looks there (`blocks`, `rich_text`,
//! `mrkdwn`), and the Web API (`client`).
//!
//! Text from outside reaches Slack through [`text`] and the two renderers alone, so that escaping has one place.

pub mod blocks;
pub mod buttons;
pub mod client;
pub mod inbound;
pub mod menus;
pub mod mrkdwn;
pub mod rich_text;
pub mod signature;
pub mod text;
