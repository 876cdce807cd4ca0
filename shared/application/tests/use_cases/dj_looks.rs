//! When the DJ looks at its player, and how long it waits for an answer.

use crate::dj_world::World;

#[tokio::test]
async fn a_player_that_is_off_is_looked_at_less_and_less_often_however_much_is_asked_for() {
    let mut world = World::with(r#", "cap": 20"#);
    world.posts("ULEE", "the model").await;
    world.player.dies();
    for (second, song) in (1_i64..).zip(["sinnerman", "one more time", "aerodynamic", "computer love", "under pressure"]) {
        world.posts("UDANA", song).await;
        world.until(70 * second).await;
    }
    let ts = world.posts("UAVERY", "muse feeling good").await;
    world.until(3600).await;
    for act in 0..10 {
        world.until(3600 + 170 * act).await;
        world.reaction(&ts, "ULEE", "fire", act % 2 == 0, 3600 + 170 * act).await;
    }
    world.until(2 * 3600).await;
    let looks = world.sent("status");
    world.until(3 * 3600).await;
    assert!(world.sent("status") - looks <= 7, "{} in an hour", world.sent("status") - looks);
    // It is seen to be back all the same.
    world.player.is_off = false;
    world.until(3 * 3600 + 700).await;
    assert_eq!(world.player.heard[..2], ["The Model", "The Model"]);
}

#[tokio::test]
async fn a_player_that_is_off_is_not_looked_at_while_nothing_waits_for_it() {
    let mut world = World::new();
    world.posts("ULEE", "the model").await;
    world.player.dies();
    let ts = world.posts("UDANA", "sinnerman").await;
    assert!(world.told(&ts).starts_with("The player is off."), "{}", world.told(&ts));
    world.types("r", "ULEE", "dj skip").await;
    world.deletes(&ts).await;
    world.until(1800).await;
    let looks = world.sent("status");
    world.until(4 * 3600).await;
    assert_eq!(world.sent("status"), looks);
    world.player.is_off = false;
    world.posts("UDANA", "sinnerman").await;
    assert_eq!(world.player.plays(), Some("Sinnerman"));
}

#[tokio::test]
async fn one_slow_search_does_not_call_a_playing_player_off() {
    let mut world = World::new();
    world.posts("ULEE", "the model").await;
    // Its host says nothing of that one search.
    world.player.is_lost = true;
    let ts = world.posts("UDANA", "sinnerman").await;
    world.player.is_lost = false;
    world.until(130).await;
    assert_eq!((world.notes(), world.station().is_off()), (vec![], false));
    world.until(190).await;
    assert_eq!(world.told(&ts), "Nina Simone – Sinnerman comes next.", "it is asked how it is, and looked for again");
    world.until(300).await;
    assert_eq!(world.player.heard, ["The Model", "Sinnerman"]);
}

#[tokio::test]
async fn a_search_that_never_ends_is_tried_twice() {
    let mut world = World::new();
    world.player.loses = Some("search");
    let ts = world.posts("UDANA", "sinnerman").await;
    world.until(1800).await;
    assert_eq!((world.sent("search"), world.notes()), (2, vec![]));
    assert_eq!(world.told(&ts), "The player took too long to look for sinnerman, twice. Ask again later.");
}

#[tokio::test]
async fn what_is_sent_late_has_its_time_from_then() {
    let mut world = World::new();
    let posting = world.posting("UDANA", "sinnerman");
    world.work(&posting).await.unwrap();
    let (search, _) = world.later_on.take().remove(0);
    // Whoever should have sent it was held up for longer than an answer may take.
    world.now = crate::dj_world::at(125);
    world.work(&search).await.unwrap();
    world.work(&search).await.unwrap();
    assert_eq!(world.told(&crate::dj_world::ts_of(&posting)), "Looking for sinnerman…");
    world.settle().await;
    assert_eq!(world.player.plays(), Some("Sinnerman"));
}

#[tokio::test]
async fn what_is_shown_of_a_song_doesnt_grow_stale() {
    let mut world = World::new();
    world.posts("ULEE", "the model").await;
    assert!(world.shown().contains("\n3:20 long · until (then)\n"), "{}", world.shown());
    world.until(20).await;
    world.types("s", "UDANA", "dj stop").await;
    assert!(world.shown().contains("0:20 of 3:20"), "it stays there: {}", world.shown());
    world.types("r", "UDANA", "dj resume").await;
    assert!(world.shown().contains("until (then)"), "{}", world.shown());
    world.player.dies();
    world.posts("UAVERY", "sinnerman").await;
    let shown = world.shown();
    assert!(!shown.contains("3:20") && shown.contains("The player is off since"), "{shown}");
}

#[tokio::test]
async fn a_player_that_is_back_doesnt_say_that_it_goes_on_if_it_doesnt() {
    let mut world = World::new();
    world.posts("ULEE", "the model").await;
    world.player.dies();
    world.posts("UAVERY", "sinnerman").await;
    world.types("s", "UDANA", "dj stop").await;
    world.player.is_off = false;
    world.until(900).await;
    assert_eq!(world.notes()[1..], ["The player is back. Stopped by Dana; dj resume goes on."]);

    let mut world = World::new();
    world.player.is_off = true;
    world.posts("ULEE", "xyz").await;
    world.player.is_off = false;
    world.until(900).await;
    assert_eq!(world.notes()[1..], ["The player is back."], "nothing waits");
}
