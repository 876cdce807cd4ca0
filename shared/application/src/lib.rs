//! What Opsroom does, step by step, and the ports it needs for that. Knows neither AWS nor HTTP.

pub mod alarms;
pub mod cards;
pub mod commands;
pub mod delivery;
pub mod failure;
pub mod forms;
pub mod judge;
mod outgoing;
pub mod people;
pub mod pick;
pub mod player;
pub mod ports;
pub mod posted;
pub mod progress;
pub mod repository_news;
pub mod request;
pub mod schedule;
