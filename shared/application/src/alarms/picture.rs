//! The graph of an incident: drawn and uploaded after its message is out, so that no picture holds up a call.

use jiff::Timestamp;
use opsroom_domain::alarm::Plot;
use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::{CorrelationId, IncidentId};
use opsroom_domain::incident::{Event, Graph, Incident, IncidentAlarm};

use super::desk::Desk;
use crate::failure::Failure;
use crate::outgoing::{lanes, nudge};
use crate::ports::{Change, Commit, DeliveryQueue, Files, Metrics, MonitStore, Picture, Plotter, PortError, Store};
use crate::progress::ATTEMPTS;

/// What drawing needs.
pub struct Artist<'a, S, M, P, F, D> {
    /// The tables.
    pub store: &'a S,
    /// Draws what it measured itself.
    pub metrics: &'a M,
    /// Draws what others measured.
    pub plotter: &'a P,
    /// Takes the picture.
    pub files: &'a F,
    /// The way to the room.
    pub delivery: &'a D,
    /// The catalog in force, if there is one.
    pub catalog: Option<&'a Catalog>,
    /// Now.
    pub now: Timestamp,
    /// Follows the event.
    pub correlation: &'a CorrelationId,
}

/// What came of drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawing {
    /// The message shows the picture.
    Shown,
    /// There is nothing to draw, it is over, or it has its picture already.
    Nothing,
    /// It can't be drawn, ever.
    Impossible,
}

impl<S, M, P, F, D> Artist<'_, S, M, P, F, D>
where
    S: Store + MonitStore,
    M: Metrics,
    P: Plotter,
    F: Files,
    D: DeliveryQueue,
{
    /// Draws the graph of an incident and puts it on its message.
    pub async fn draw(&self, id: &IncidentId) -> Result<Drawing, Failure> {
        let Some(incident) = self.store.incident(id).await? else { return Ok(Drawing::Nothing) };
        // The same chore may come twice; an incident that was opened again gets a new picture.
        let began = incident.alarms.values().filter(|alarm| alarm.plot.is_some()).map(|alarm| alarm.at).max();
        let is_drawn = incident.graph.as_ref().is_some_and(|graph| began.is_none_or(|began| graph.at >= began));
        if incident.phase.is_over() || is_drawn {
            return Ok(Drawing::Nothing);
        }
        let Some((alarm, plot)) = incident.alarms.values().find_map(|alarm| Some((alarm, alarm.plot.as_ref()?))) else {
            return Ok(Drawing::Nothing);
        };
        let picture = picture(alarm);
        let bytes = match plot {
            Plot::Metrics { metrics } => match self.metrics.image(metrics, &picture).await {
                Ok(bytes) => bytes,
                Err(error) => return given_up(error, &incident),
            },
            Plot::Points { points } => match self.plotter.draw(points, &picture) {
                Some(bytes) => bytes,
                None => return Ok(Drawing::Nothing),
            },
        };
        let alt = alt(alarm);
        let file = match self.files.upload(&format!("{id}.png"), &alt, bytes).await {
            Ok(file) => file,
            Err(error) => return given_up(error, &incident),
        };
        self.show(id, Graph { file, alt, at: self.now }).await
    }

    async fn show(&self, id: &IncidentId, graph: Graph) -> Result<Drawing, Failure> {
        let desk = Desk::new(self.catalog, &[]);
        for _ in 0..ATTEMPTS {
            let Some(mut incident) = self.store.incident(id).await? else { return Ok(Drawing::Nothing) };
            let Ok(follows) = desk.apply(&mut incident, Event::Drawn(graph.clone()), self.now) else { return Ok(Drawing::Nothing) };
            let mut change = Change::default();
            follows.write(incident, self.catalog, &mut change);
            let keys = lanes(&change);
            if self.store.commit(change).await? == Commit::Done {
                nudge(self.delivery, self.correlation, self.now, &keys).await;
                return Ok(Drawing::Shown);
            }
        }
        Err(Failure::Contended(format!("incident {id}")))
    }
}

/// A message without a picture is a message all the same.
fn given_up(error: PortError, incident: &Incident) -> Result<Drawing, Failure> {
    if error.is_retryable() {
        return Err(error.into());
    }
    tracing::warn!(%error, incident = %incident.id, "an incident stays without its graph");
    Ok(Drawing::Impossible)
}

fn picture(alarm: &IncidentAlarm) -> Picture {
    Picture {
        title: alarm.name.clone(),
        threshold: alarm.measure.as_ref().and_then(|measure| measure.threshold),
        moment: alarm.at,
        unit: alarm.measure.as_ref().map(|measure| measure.unit.clone()).unwrap_or_default(),
    }
}

fn alt(alarm: &IncidentAlarm) -> String {
    match &alarm.measure {
        Some(measure) => format!("Graph of {}: {}", alarm.name, measure.in_words()),
        None => format!("Graph of {}", alarm.name),
    }
}
