//! What can be wrong with the section on the DJ room.

use super::hosts::check_tags;
use super::{Catalog, Findings};
use crate::catalog::{DjRules, PlayerRule};
use crate::monit::{time_of_day, zone};

/// More of one person would be a programme, and no wish.
const LARGEST_CAP: u32 = 20;
/// A day. What was played longer ago has been forgotten.
const LONGEST_REPEAT: u32 = 24 * 60;
/// Nobody can follow more.
const MOST_QUIET: usize = 20;

impl Catalog {
    pub(super) fn check_dj(&self, found: &mut Findings) {
        let Some(dj) = &self.dj else { return };
        self.expect_room(found, &["dj", "room"], &dj.room);
        found.expect(!self.bytes.rooms.contains(&dj.room), &["dj", "room"], || {
            format!("`{}` is a room of `bytes`, too; what is posted there would be both kept and played, so choose another one", dj.room)
        });
        check_player(found, &dj.player);
        found.expect((1..=LARGEST_CAP).contains(&dj.cap), &["dj", "cap"], || {
            format!("{} songs of one person; it is between 1 and {LARGEST_CAP}", dj.cap)
        });
        found.expect(dj.repeat_after_minutes <= LONGEST_REPEAT, &["dj", "repeat_after_minutes"], || {
            format!("{} minutes; it is between 0 and {LONGEST_REPEAT}", dj.repeat_after_minutes)
        });
        found.expect((1..=100).contains(&dj.largest_volume), &["dj", "largest_volume"], || {
            format!("{} percent; it is between 1 and 100", dj.largest_volume)
        });
        if let Err(why) = zone(&dj.zone) {
            found.add(&["dj", "zone"], why.to_string());
        }
        check_quiet(found, dj);
    }
}

fn check_player(found: &mut Findings, player: &PlayerRule) {
    match player {
        PlayerRule::Mpd { hosts } => {
            check_tags(found, &["dj", "player", "hosts", "tags"], hosts);
            found.expect(hosts.unit.is_none() && hosts.settle_seconds.is_none(), &["dj", "player", "hosts"], || {
                "has more than `tags`; a player is found by these alone".to_owned()
            });
        }
        PlayerRule::Spotify { device, market } => {
            let named = device.as_ref().is_none_or(|name| !name.trim().is_empty() && name.chars().count() <= 100);
            found.expect(named, &["dj", "player", "device"], || {
                "is no name of a device; write it as Spotify shows it, or leave it out for the one that is active".to_owned()
            });
            if let Some(market) = market {
                found.expect(market.len() == 2 && market.chars().all(|c| c.is_ascii_uppercase()), &["dj", "player", "market"], || {
                    format!("`{market}` is no country; the codes have two letters, such as `DE` (ISO 3166-1 alpha-2)")
                });
            }
        }
    }
}

fn check_quiet(found: &mut Findings, dj: &DjRules) {
    found.expect(dj.quiet.len() <= MOST_QUIET, &["dj", "quiet"], || format!("has {} stretches; {MOST_QUIET} are the most", dj.quiet.len()));
    for (place, quiet) in dj.quiet.iter().enumerate() {
        let place = place.to_string();
        for (field, time) in [("from", &quiet.from), ("to", &quiet.to)] {
            if let Err(why) = time_of_day(time) {
                found.add(&["dj", "quiet", &place, field], why.to_string());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(dj: &str) -> Vec<String> {
        let text = format!(
            r#"{{"workspace": {{"team": "T1"}}, "environments": {{}}, "services": {{}}, "roles": {{}}, "people": {{}},
                "rooms": {{"C1": {{"name": "dj"}}, "C2": {{"name": "bytes"}}}}, "bytes": {{"rooms": ["C2"]}}, "dj": {dj}}}"#
        );
        let catalog: Catalog = serde_json::from_str(&text).unwrap();
        catalog.problems().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_left_out_has_a_value() {
        let dj: DjRules = serde_json::from_str(r#"{"room": "C1", "player": {"kind": "spotify"}}"#).unwrap();
        assert_eq!((dj.cap, dj.repeat_after_minutes, dj.largest_volume, dj.zone.as_str(), dj.quiet.len()), (5, 120, 80, "UTC", 0));
    }

    #[test]
    fn what_is_right_is_not_complained_of() {
        let right = [
            r#"{"room": "C1", "player": {"kind": "mpd", "hosts": {"tags": {"Role": "music"}}}}"#,
            r#"{"room": "C1", "player": {"kind": "spotify", "device": "Küche", "market": "DE"}, "cap": 20, "repeat_after_minutes": 0,
                "quiet": [{"from": "22:00", "to": "07:00"}, {"from": "12:00", "to": "13:00", "days": ["weekdays", "saturday"]},
                    {"from": "00:00", "to": "00:00", "days": ["sunday"]}],
                "zone": "Europe/Berlin", "largest_volume": 100}"#,
        ];
        for dj in right {
            assert_eq!(problems(dj), [""; 0], "{dj}");
        }
    }

    #[test]
    fn what_is_wrong_names_its_field() {
        let found = problems(
            r#"{"room": "C2", "player": {"kind": "mpd", "hosts": {"tags": {}, "unit": "mpd"}}, "cap": 0, "repeat_after_minutes": 1441,
                "quiet": [{"from": "22", "to": "07:00"}, {"from": "08:00", "to": "24:00"}], "zone": "Europe/Bonn", "largest_volume": 101}"#,
        );
        assert_eq!(
            found,
            [
                "dj.room: `C2` is a room of `bytes`, too; what is posted there would be both kept and played, so choose another one",
                "dj.player.hosts.tags: is empty; every host of the account would be meant",
                "dj.player.hosts: has more than `tags`; a player is found by these alone",
                "dj.cap: 0 songs of one person; it is between 1 and 20",
                "dj.repeat_after_minutes: 1441 minutes; it is between 0 and 1440",
                "dj.largest_volume: 101 percent; it is between 1 and 100",
                "dj.zone: `Europe/Bonn` is no time zone of the IANA database, such as `Europe/Berlin`",
                "dj.quiet.0.from: `22` is no time of the day, such as `09:00`",
                "dj.quiet.1.to: `24:00` is no time of the day, such as `09:00`",
            ]
        );
        let found = problems(r#"{"room": "C3", "player": {"kind": "spotify", "device": " ", "market": "de"}}"#);
        assert_eq!(found[0], "dj.room: `C3` is not in `rooms`");
        assert!(found[1].starts_with("dj.player.device: is no name of a device"), "{found:?}");
        assert!(found[2].starts_with("dj.player.market: `de` is no country"), "{found:?}");
        assert_eq!(found.len(), 3, "{found:?}");
    }
}
