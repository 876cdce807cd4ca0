//! The players behind the DJ's room: how one is asked, and how its answer is read.

mod mpd;

pub use mpd::{DOCUMENT, answer, order, read};
