//! Quiet hours, as clocks show them.

use jiff::civil::{Time, Weekday, time};

use super::fake_player::{FakePlayer, look, steer};
use super::*;
use crate::dj::quiet::{holds, next_change, until};

fn berlin(hours: &[(Time, Time, &[Weekday])]) -> StationRules {
    let quiet = hours.iter().map(|(from, until, days)| QuietHours { from: *from, until: *until, days: days.to_vec() }).collect();
    StationRules { quiet, zone: TimeZone::get("Europe/Berlin").unwrap(), ..rules() }
}

fn utc(text: &str) -> Timestamp {
    format!("{text}:00Z").parse().unwrap()
}

#[test]
fn a_stretch_may_pass_midnight_and_follows_the_clocks() {
    let night: &[_] = &[(time(22, 0, 0, 0), time(7, 0, 0, 0), &[][..])];
    let friday: &[_] = &[(time(22, 0, 0, 0), time(7, 0, 0, 0), &[Weekday::Friday][..])];
    let two: &[_] = &[(time(22, 0, 0, 0), time(0, 0, 0, 0), &[][..]), (time(0, 0, 0, 0), time(7, 30, 0, 0), &[][..])];
    let always: &[_] = &[(time(0, 0, 0, 0), time(0, 0, 0, 0), &[][..])];
    let at_change: &[_] = &[(time(2, 30, 0, 0), time(3, 30, 0, 0), &[][..])];
    for (hours, moment, ends, changes) in [
        (night, "2026-11-25T20:59", None, Some("2026-11-25T21:00")),
        (night, "2026-11-25T21:00", Some("2026-11-26T06:00"), Some("2026-11-26T06:00")),
        (night, "2026-11-26T05:59", Some("2026-11-26T06:00"), Some("2026-11-26T06:00")),
        (night, "2026-11-26T06:00", None, Some("2026-11-26T21:00")),
        // Clocks go back on 25 October at 01:00 UTC, and forward on 29 March at 01:00 UTC.
        (night, "2026-10-24T20:00", Some("2026-10-25T06:00"), Some("2026-10-25T06:00")),
        (night, "2026-03-28T21:00", Some("2026-03-29T05:00"), Some("2026-03-29T05:00")),
        (at_change, "2026-03-29T01:00", None, Some("2026-03-29T01:30")),
        // It begins on Fridays, and ends on Saturdays. 27 November 2026 is one.
        (friday, "2026-11-28T05:00", Some("2026-11-28T06:00"), Some("2026-11-28T06:00")),
        (friday, "2026-11-26T22:00", None, Some("2026-11-27T21:00")),
        (friday, "2026-11-28T06:00", None, Some("2026-12-04T21:00")),
        (two, "2026-11-25T22:00", Some("2026-11-26T06:30"), Some("2026-11-25T23:00")),
        (always, "2026-11-25T12:00", None, Some("2026-11-25T23:00")),
        (&[], "2026-11-25T23:00", None, None),
    ] {
        let rules = berlin(hours);
        let moment = utc(moment);
        assert_eq!((until(&rules, moment), next_change(&rules, moment)), (ends.map(utc), changes.map(utc)), "{moment}");
        assert_eq!(holds(&rules, moment), ends.is_some() || hours == always, "{moment}");
    }
}

#[test]
fn a_song_is_held_when_they_begin_and_goes_on_when_they_end() {
    let mut rules = rules();
    // From second 30 to second 90.
    rules.quiet = vec![QuietHours { from: time(12, 0, 30, 0), until: time(12, 1, 30, 0), days: Vec::new() }];
    let (mut station, mut player) = (station(), FakePlayer::new());
    station.request(&wish("a1", "A", 0), track("a1"), &rules, at(0)).unwrap();
    steer(&mut station, &mut player, &rules, 0);
    assert_eq!(station.next_look(&rules, at(0)), Some(at(30)));
    player.passes(30);
    look(&mut station, &mut player, &rules, 30);
    assert_eq!((player.sound, station.next_look(&rules, at(30))), (Sound::Paused, Some(at(90))));
    look(&mut station, &mut player, &rules, 90);
    assert_eq!((player.sound, player.elapsed, player.heard.len()), (Sound::Playing, 30, 1));
}

#[test]
fn from_and_to_the_same_time_is_a_whole_day() {
    let sunday: &[_] = &[(time(0, 0, 0, 0), time(0, 0, 0, 0), &[Weekday::Sunday][..])];
    let rules = berlin(sunday);
    for (moment, quiet) in
        [("2026-11-28T22:59", false), ("2026-11-28T23:00", true), ("2026-11-29T22:59", true), ("2026-11-29T23:00", false)]
    {
        assert_eq!(holds(&rules, utc(moment)), quiet, "{moment}");
    }
}
