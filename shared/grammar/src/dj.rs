//! What is asked of the DJ.

/// What is asked of the DJ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dj {
    /// Find a song and put it into the queue.
    Play {
        /// Which.
        song: Song,
    },
    /// What comes next.
    Queue,
    /// What plays now.
    NowPlaying,
    /// A vote to go on to the next song.
    Skip,
    /// A vote for a song.
    Up {
        /// Which.
        song: InQueue,
    },
    /// Take a song out of the queue.
    Remove {
        /// Its place in the queue, from 1.
        place: usize,
    },
    /// How loud it is.
    Volume {
        /// How loud it should be; `None` to ask.
        to: Option<Volume>,
    },
    /// Be silent.
    Stop,
    /// Play again.
    Resume,
    /// Play a song never again.
    Ban {
        /// Which.
        song: InQueue,
    },
    /// Let a banned song be asked for again.
    Unban {
        /// Words of its artist and title.
        words: String,
    },
    /// What was played lately.
    History,
    /// What was played most.
    Top {
        /// In which month; `None` for this one.
        month: Option<ChartMonth>,
    },
}

impl Dj {
    /// The name of its command.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Play { .. } => "dj play",
            Self::Queue => "dj queue",
            Self::NowPlaying => "dj np",
            Self::Skip => "dj skip",
            Self::Up { .. } => "dj up",
            Self::Remove { .. } => "dj remove",
            Self::Volume { .. } => "dj volume",
            Self::Stop => "dj stop",
            Self::Resume => "dj resume",
            Self::Ban { .. } => "dj ban",
            Self::Unban { .. } => "dj unban",
            Self::History => "dj history",
            Self::Top { .. } => "dj top",
        }
    }
}

/// A song that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Song {
    /// Words of its artist and title.
    Words(String),
    /// The address of its page.
    Link(String),
}

/// A song that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InQueue {
    /// The one that plays now.
    Playing,
    /// The one in this place of the queue, from 1.
    Place(usize),
}

/// A wish for loudness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Volume {
    /// So many percent, 0 to 100.
    To(u8),
    /// So many percent more, or less; -100 to 100.
    By(i8),
}

/// A month of a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChartMonth {
    /// The year.
    pub year: i16,
    /// The month, 1 to 12.
    pub month: i8,
}
