use super::outputs::perform;
use super::site::{Called, Site};
use crate::simulator::world::{Caller, Event, World, invoke};
use blastline_jobs::effects::Effects;
use blastline_jobs::names::QueueName;
use blastline_jobs::ports::{Queues, Received, StorageResult};
use std::sync::Arc;
use std::time::Duration;

/// Takes messages of a queue, one at a time, for as long as the host lives.
pub async fn listen(host: Caller, site: Site, queue: QueueName) {
    let queues = host.deck().queues;
    loop {
        World::alive(&host.world, site.handler).await;
        match queues.receive(queue, 1, site.plan.lease).await {
            Ok(mut taken) => match taken.pop() {
                Some(message) => process(&host, &site, queue, message).await,
                None => World::message(&host.world, queue).await,
            },
            Err(_) => host.wait(Duration::from_secs(5)).await,
        }
    }
}

/// Runs a message's function and ends the message. What fails here is not repeated: the message comes back by itself.
async fn process(host: &Caller, site: &Site, queue: QueueName, message: Received) {
    if message.dequeue_count > site.plan.max_dequeue {
        let _ = poison(host, queue, &message).await;
        return;
    }
    let (answer, held) = run(host, site, queue, &message).await;
    let queues = host.deck().queues;
    let ended = if answer.performed {
        queues.delete(queue, &held).await
    } else if message.dequeue_count >= site.plan.max_dequeue {
        poison(host, queue, &held).await
    } else {
        queues.hide(queue, &held, site.plan.visibility).await.map(drop)
    };
    answer.tell(site, ended.is_ok());
}

/// How a call ended.
pub(super) struct Answer {
    caller: Caller,
    outcome: String,
    /// Whether the function answered and all its effects were performed.
    pub performed: bool,
}

impl Answer {
    /// Puts the end of the call into the history.
    pub fn tell(self, site: &Site, ended: bool) {
        let clean = self.performed && ended && self.caller.is_clean();
        self.caller.tell(Event::Returned { function: site.function, outcome: self.outcome, clean });
    }
}

/// Runs the function in the handler and performs what it returned; renews the lease meanwhile.
async fn run(host: &Caller, site: &Site, queue: QueueName, message: &Received) -> (Answer, Received) {
    let queues = host.deck().queues;
    let mut held = message.clone();
    let running = call(host, site, Called::Message(queue, message.clone()));
    tokio::pin!(running);
    loop {
        tokio::select! {
            biased;
            answer = &mut running => return (answer, held),
            () = host.wait(site.plan.lease / 2) => {
                if let Ok(renewed) = queues.hide(queue, &held, site.plan.lease).await {
                    held = renewed;
                }
            }
        }
    }
}

/// Calls a function in the handler's process and performs its effects.
pub(super) async fn call(host: &Caller, site: &Site, called: Called) -> Answer {
    let world: &Arc<World> = &host.world;
    let input = match &called {
        Called::Message(_, message) => format!("{} (delivery {})", message.body, message.dequeue_count),
        Called::Timer => String::new(),
    };
    let caller = Caller::new(world, site.handler).invocation();
    caller.tell(Event::Called { function: site.function, input });
    let function = site.functions.call(caller.clone(), called);
    let outcome = invoke(world, site.handler, function).await;
    let (effects, text) = match outcome {
        Ok(Ok(effects)) => {
            let text = told(&effects);
            (Some(effects), text)
        }
        Ok(Err(error)) => (None, format!("fails: {error}")),
        Err(_) => (None, "dies".to_owned()),
    };
    let here = Caller { invocation: caller.invocation, disturbed: caller.disturbed.clone(), ..host.clone() };
    let performed = match effects {
        Some(effects) => perform(&here, &site.bindings, effects).await.is_ok(),
        None => false,
    };
    Answer { caller, outcome: text, performed }
}

fn told(effects: &Effects) -> String {
    let messages: Vec<String> =
        effects.messages.iter().map(|m| format!("{} {}", m.queue(), m.to_json())).collect();
    let events: Vec<&str> = effects.history.iter().map(|event| event.name).collect();
    format!("returns [{}] and tells [{}]", messages.join(", "), events.join(", "))
}

/// Copies a message among the poison, then deletes it.
async fn poison(host: &Caller, queue: QueueName, message: &Received) -> StorageResult<()> {
    let queues = host.deck().queues;
    if let Some(poison) = queue.poison() {
        queues.send(poison, &message.body, None).await?;
    }
    queues.delete(queue, message).await
}
