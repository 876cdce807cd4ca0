//! What Opsroom knows and decides, and nothing else.
//!
//! This crate is pure: no async, no I/O, no AWS, no HTTP, no clock. Time comes in as an argument, so every decision can be
//! tested as a table.

pub mod alarm;
pub mod api_call;
pub mod audit;
pub mod author;
pub mod bytes;
pub mod card;
pub mod catalog;
pub mod console;
pub mod deployment;
pub mod dj;
pub mod due;
pub mod habit;
pub mod ids;
pub mod incident;
pub mod lock;
pub mod monit;
pub mod operation;
pub mod pipeline_execution;
pub mod posting;
pub mod repository;
pub mod response_url;
pub mod revision;
pub mod rights;
pub mod room_message;
pub mod subscription;

#[cfg(test)]
mod test_data;
