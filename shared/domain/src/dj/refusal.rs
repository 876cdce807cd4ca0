//! Why something isn't done, in words for the one who asked: what is wrong, and when or how it would work.

use super::station::{MOST_BANNED, MOST_WAITING, MOST_WISHES};

/// Why something isn't done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// They have enough songs waiting.
    #[error("you have {0} songs waiting, which is as many as one person may have; once one of them has played there is room")]
    Cap(usize),
    /// It was played lately.
    #[error("it was played {ago} minutes ago; it can be asked for again in {again} minutes")]
    Lately {
        /// Whole minutes since.
        ago: i64,
        /// Minutes until, at least 1.
        again: i64,
    },
    /// It plays now.
    #[error("it plays right now")]
    PlaysNow,
    /// It is banned.
    #[error("it is banned in this room; `dj unban` takes that back, for those who may")]
    Banned,
    /// It has too long a name.
    #[error("that is too long for a song; artist and title are enough")]
    LongName,
    /// It is a link of which nobody knows the title.
    #[error("nothing is fetched from a link; post it in this room without a command, and its title comes with Slack's preview of it")]
    BareLink,
    /// The queue is full.
    #[error("{MOST_WAITING} songs are waiting, which is as many as the queue holds; once one of them has played there is room")]
    Full,
    /// Too many wishes wait for the player.
    #[error("the player is off and {MOST_WISHES} songs wait for it already; ask again when it is back")]
    TooManyWishes,
    /// It isn't there any more.
    #[error("it isn't in the queue any more; `dj queue` shows what is")]
    Gone,
    /// What asked for it was taken back.
    #[error("it was taken back before it was found")]
    TakenBack,
    /// What was to be picked from isn't there any more.
    #[error("that choice is over; ask for the song again")]
    NoPick,
    /// There is no such track in a choice.
    #[error("pick one from 1 to {0}")]
    NotOffered(usize),
    /// It is somebody else's.
    #[error("it is somebody else's; who asked for a song takes it out, or a DJ")]
    NotYours,
    /// Nothing plays.
    #[error("nothing plays")]
    Silence,
    /// It plays no longer.
    #[error("that song is over already")]
    Over,
    /// They have voted already.
    #[error("you have voted for that already")]
    Voted,
    /// Their own song needs no vote.
    #[error("it is your own song; it needs no vote of yours")]
    Own,
    /// Louder than the room may be.
    #[error("this room gets no louder than {0} %")]
    TooLoud(u8),
    /// It is silent already.
    #[error("it is stopped already; `dj resume` goes on")]
    StoppedAlready,
    /// It isn't stopped.
    #[error("it isn't stopped")]
    NotStopped,
    /// No more can be banned.
    #[error("{MOST_BANNED} songs are banned, which is as many as there may be; `dj unban` one of them first")]
    BannedFull,
    /// It is banned already.
    #[error("it is banned already")]
    BannedAlready,
    /// No banned song has those words.
    #[error("no banned song has those words")]
    NotBanned,
    /// Several banned songs have those words.
    #[error("several banned songs have those words: {}; say it more exactly", .0.join("; "))]
    SeveralBanned(Vec<String>),
}
