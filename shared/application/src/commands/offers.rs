//! Bare `/ops`: what is used in this channel most, as far as this person may use it here.

use opsroom_domain::habit::Habit;
use opsroom_grammar::{find, habit};

use super::{Catalog, Commander, Context, Ports, Worked};
use crate::cards::{self, Offer};
use crate::failure::Failure;
use crate::judge::{Verdict, judge};
use crate::ports::Store;

/// More is a list that is read, not a press.
const MOST: usize = 6;

/// For a channel in which little was asked yet.
const TO_BEGIN_WITH: [&str; 6] = ["status", "deploy", "pending", "check", "logs", "mon open"];

impl<W: Ports> Commander<'_, W> {
    /// Offers what is used here, then what everybody can begin with.
    pub(super) async fn offer(&self, context: Context<'_>, catalog: &Catalog) -> Result<Worked, Failure> {
        let mut habits = self.store.habits(&context.asker.channel).await?;
        habits.sort_by(|a: &Habit, b| b.count.cmp(&a.count).then_with(|| a.line.cmp(&b.line)));
        let (standing, _) = self.standing_or_assumed(catalog, context.asker).await;
        let used = !habits.is_empty();
        let lines = habits.into_iter().map(|habit| habit.line).chain(TO_BEGIN_WITH.map(str::to_owned));
        let mut offers: Vec<Offer> = Vec::new();
        for line in lines {
            let offer = match judge(&catalog.catalog, context.asker, standing, &line) {
                Verdict::Run { command, .. } if command.reads_only() => Offer::Run(line),
                Verdict::Run { command, .. } => Offer::Copy { line, command: command.spec().name },
                Verdict::Answer(_) => continue,
                // What others do there is not for this person, or its names are gone from the catalog; the command may still be of use.
                Verdict::Unfinished(_) | Verdict::Mistaken(_) | Verdict::Refused { .. } => {
                    match habit(&line, &catalog.catalog).and_then(|(name, _)| find(name)) {
                        Some(spec) if spec.blanks().is_some() && cards::is_open(&catalog.catalog, context.asker, standing, spec.right) => {
                            Offer::Pick(spec.name)
                        }
                        _ => continue,
                    }
                }
            };
            if !offers.iter().any(|known| about(known) == about(&offer)) {
                offers.push(offer);
            }
        }
        offers.truncate(MOST);
        self.answer_privately(context, cards::offers(&offers, used)).await
    }
}

/// The command of an offer: one of each is enough.
fn about(offer: &Offer) -> String {
    match offer {
        Offer::Run(line) => opsroom_grammar::parse(line).map_or_else(|_| line.clone(), |command| command.spec().name.to_owned()),
        Offer::Pick(command) | Offer::Copy { command, .. } => (*command).to_owned(),
    }
}
