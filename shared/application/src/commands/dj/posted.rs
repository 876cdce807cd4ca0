//! What is posted in the DJ room: songs, and votes for them.

use opsroom_domain::dj::song::{Asked, asked};
use opsroom_domain::dj::{EntryId, Wish, Withdrawn};
use opsroom_domain::ids::EventKey;
use opsroom_domain::posting::{Posting, PostingChange};
use opsroom_domain::rights::{Asker, Wish as Right};

use super::{Outcome, about_wish};
use crate::cards;
use crate::commands::{Catalog, Commander, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{Directory, Outbox};
use crate::request::Request;

/// Emoji by which people want a song, and by which they would rather hear the next.
const UP: &[&str] = &["thumbsup", "+1", "heart", "fire", "musical_note", "notes", "arrow_up", "raised_hands"];
const SKIP: &[&str] =
    &["thumbsdown", "-1", "fast_forward", "black_right_pointing_double_triangle_with_vertical_bar", "next_track_button", "track_next"];

impl<W: Ports> Commander<'_, W> {
    /// Something happened to a message in the DJ room.
    pub(in crate::commands) async fn song_posted(
        &self,
        request: &Request,
        catalog: &Catalog,
        posting: &Posting,
    ) -> Result<Worked, Failure> {
        let Some(rules) = catalog.catalog.dj.as_ref() else { return Ok(Worked::Before) };
        let (ts, now) = (posting.ts.as_str(), self.now);
        match &posting.what {
            PostingChange::Written(written) => {
                // The same message asks for one song, however often it is told and whatever it is edited to.
                let Asked::For(song) = asked(written) else { return Ok(Worked::Before) };
                if written.edited_at.is_some() {
                    return Ok(Worked::Before);
                }
                let asker = &written.asker;
                let standing = self.slack.standing(&asker.person).await?;
                if catalog.catalog.decide(asker, standing, Right::Read).is_err() {
                    return Ok(Worked::Refused);
                }
                let event = EventKey::new(format!("song/{}/{ts}", posting.channel));
                let wish = Wish {
                    entry: EntryId::derived_from(&event),
                    by: asker.person.clone(),
                    song,
                    at: opsroom_domain::bytes::message::moment(ts).unwrap_or(posting.at),
                    ts: Some(ts.to_owned()),
                    slow: false,
                };
                self.on_station(request, catalog, rules, Some(event), |station, _| {
                    station.saw(&wish.by, now);
                    let errand = self.search_for(rules, wish.clone(), "posted");
                    let message = about_wish(&station.channel, &wish, cards::song_looked_for(&wish.song.words));
                    Some(Outcome { errands: vec![errand], messages: vec![message], ..Outcome::default() })
                })
                .await
            }
            PostingChange::Deleted { .. } => {
                self.on_station(request, catalog, rules, None, |station, _| match station.withdraw(ts) {
                    Withdrawn::Nothing | Withdrawn::Entry(_) | Withdrawn::Wish(_) => Some(Outcome::default()),
                })
                .await
            }
            PostingChange::Reacted { by, emoji, added } => {
                let emoji = emoji.split("::").next().unwrap_or(emoji);
                let (is_up, is_skip) = (UP.contains(&emoji), SKIP.contains(&emoji));
                if !is_up && !is_skip {
                    return Ok(Worked::Before);
                }
                let asker = Asker { person: by.clone(), team: catalog.catalog.workspace.team.clone(), channel: posting.channel.clone() };
                let standing = self.slack.standing(by).await?;
                if catalog.catalog.decide(&asker, standing, Right::Read).is_err() {
                    return Ok(Worked::Refused);
                }
                let is_dj = is_skip && self.is_dj(catalog, &asker).await?;
                // A reaction to the message that tells what plays is one to what plays.
                let shown = self.shown_at(catalog, posting).await?;
                let (added, at) = (*added, posting.at);
                // Told twice it isn't one to the song that plays by then, whatever Slack's clock says of when it was.
                self.on_station(request, catalog, rules, Some(request.event.clone()), |station, rules| {
                    station.saw(by, now);
                    let playing =
                        station.playing.as_ref().map(|playing| (playing.entry.id.clone(), playing.entry.ts.as_deref() == Some(ts)));
                    // One that was there before the song had its turn was to the song before.
                    let shown = shown && station.recent.first().is_none_or(|last| last.at <= at);
                    let meant = playing.filter(|(_, is_its_own)| shown || *is_its_own).map(|(id, _)| id);
                    let mut effects = Vec::new();
                    match (meant, is_skip, added) {
                        (Some(id), true, true) => {
                            if let Ok(opsroom_domain::dj::desk::Skip::Skipped(follows)) = station.skip(Some(&id), by, is_dj, at, rules, now)
                            {
                                effects = follows;
                            }
                        }
                        (Some(id), true, false) => {
                            station.keep(&id, by, at);
                        }
                        (Some(id), false, up) => {
                            let _own_songs_need_no_vote = station.up(&id, by, up, at);
                        }
                        (None, true, _) => return None,
                        (None, false, up) => {
                            station.up_message(ts, by, up, at);
                        }
                    }
                    Some(Outcome { effects, ..Outcome::default() })
                })
                .await
            }
        }
    }

    /// Whether a message is the one that tells what plays.
    async fn shown_at(&self, catalog: &Catalog, posting: &Posting) -> Result<bool, Failure> {
        use crate::ports::DjStore as _;
        let Some(rules) = catalog.catalog.dj.as_ref() else { return Ok(false) };
        let Some(session) = self.store.station(&rules.room).await?.and_then(|station| station.session) else { return Ok(false) };
        let key = opsroom_domain::ids::MessageKey::now_playing(&rules.room, &session);
        let message = self.store.message(&key).await?;
        Ok(message.and_then(|message| message.shown).and_then(|shown| shown.ts).as_deref() == Some(posting.ts.as_str()))
    }
}
