//! What is asked of a bytes room: links that peers shared, and those of them that are worth one's time.

use jiff::SignedDuration;
use jiff::civil::{Time, Weekday};

/// What is asked of a bytes room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bytes {
    /// Keep the links that are posted in this channel.
    On,
    /// Keep no more of them.
    Off,
    /// The best since the person last looked.
    CatchUp,
    /// The best of a span of time.
    Top {
        /// How many; `None` for as many as are usual.
        most: Option<usize>,
        /// Posted not longer ago; `None` for as long as is usual.
        span: Option<SignedDuration>,
        /// With one of these tags, without `#` and in lower case; empty for any.
        tags: Vec<String>,
    },
    /// Those in which words stand.
    Search {
        /// The words as they were typed.
        words: String,
    },
    /// When the best are sent.
    Digest {
        /// To whom.
        to: Reader,
        /// What about it.
        change: DigestChange,
    },
    /// Put a link on one's own list.
    Save {
        /// Its address.
        url: String,
    },
    /// Take it off the list.
    Unsave {
        /// Its address.
        url: String,
    },
    /// One's own list.
    Mine,
    /// Show a link no more.
    Hide {
        /// Its address.
        url: String,
    },
    /// Show it again.
    Unhide {
        /// Its address.
        url: String,
    },
}

impl Bytes {
    /// The name of its command.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::On => "bytes on",
            Self::Off => "bytes off",
            Self::CatchUp => "bytes catchup",
            Self::Top { .. } => "bytes top",
            Self::Search { .. } => "bytes search",
            Self::Digest { to: Reader::Channel, .. } => "bytes digest",
            Self::Digest { to: Reader::Me, .. } => "bytes digest me",
            Self::Save { .. } => "bytes save",
            Self::Unsave { .. } => "bytes unsave",
            Self::Mine => "bytes mine",
            Self::Hide { .. } => "bytes hide",
            Self::Unhide { .. } => "bytes unhide",
        }
    }
}

/// Who gets a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Everybody in the channel where it is asked.
    Channel,
    /// Whoever asks, by a direct message.
    Me,
}

/// What is to happen with a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DigestChange {
    /// Only say when it comes.
    Show,
    /// Send no more.
    Off,
    /// Send it then.
    At(DigestAt),
}

/// When a digest comes. The moment is known once the zone is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestAt {
    /// On which days.
    pub days: DigestDays,
    /// At what time of the day.
    pub time: Time,
    /// The IANA name of a time zone that exists; `None` for the room's or the person's own.
    pub zone: Option<String>,
}

/// The days of a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigestDays {
    /// Every day.
    Daily,
    /// Monday to Friday.
    Weekdays,
    /// Once a week.
    Weekly(Weekday),
}
