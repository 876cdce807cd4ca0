//! What happens in repositories: their names, the news that senders bring, and the things that are shown as one card.

pub mod checks;
pub mod conversation;
mod name;
pub mod news;

pub use name::{BadPattern, RepositoryName, RepositoryPattern};
