//! When the DJ looks at its player, and how long it waits for an answer.

#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod dj_world;

use dj_world::World;

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
