use super::bindings::Bindings;
use crate::simulator::world::{Caller, Event};
use blastline_jobs::effects::Effects;
use blastline_jobs::message::Message;
use blastline_jobs::names::Table;
use blastline_jobs::ports::{Queues, StorageResult, Tables};
use blastline_jobs::state::HistoryEvent;

enum Output {
    Message(Message),
    Event(HistoryEvent),
}

/// Performs what a function returned, one by one; bindings have no order among themselves. What the function has no
/// binding for is passed over without a word, as the real host does.
pub async fn perform(host: &Caller, bindings: &Bindings, effects: Effects) -> StorageResult<()> {
    let deck = host.deck();
    let messages = effects.messages.into_iter().map(Output::Message);
    let events = effects.history.into_iter().map(Output::Event);
    let outputs: Vec<Output> = if host.world.draw(|chance| chance.ppm(500_000)) {
        messages.chain(events).collect()
    } else {
        events.chain(messages).collect()
    };
    for output in outputs {
        match output {
            Output::Message(message) if !bindings.sends_to(message.queue()) => {
                unbound(host, format!("{} {}", message.queue(), message.to_json()));
            }
            Output::Event(event) if !bindings.writes(Table::JobHistory) => {
                unbound(host, format!("{} {}", Table::JobHistory, event.name));
            }
            Output::Message(message) => deck.queues.send(message.queue(), &message.to_json(), None).await?,
            Output::Event(event) => {
                let [a, b, c, d, ..] = host.world.random_bytes();
                let row = event.to_entity(u32::from_be_bytes([a, b, c, d]));
                deck.tables.upsert(Table::JobHistory, &row).await?;
            }
        }
    }
    Ok(())
}

fn unbound(host: &Caller, what: String) {
    host.tell(Event::Task { word: "unbound", task: String::new(), detail: what });
}
