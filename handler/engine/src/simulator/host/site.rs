use super::bindings::Bindings;
use super::{listener, timer};
use crate::error::EngineResult;
use crate::simulator::world::{Boot, Caller, ProcessId, Role, World};
use blastline_jobs::effects::Effects;
use blastline_jobs::names::QueueName;
use blastline_jobs::ports::Received;
use futures::future::BoxFuture;
use std::sync::Arc;
use std::time::Duration;

/// What a function is called with.
#[derive(Debug, Clone)]
pub enum Called {
    /// A queue message.
    Message(QueueName, Received),
    /// The timer.
    Timer,
}

/// The functions of an application. A kind of task joins the simulator by telling its functions here.
pub trait Functions: Send + Sync {
    /// Name, queue and number of instances of each queue function.
    fn queues(&self) -> Vec<(&'static str, QueueName, usize)>;

    /// Runs a function in the process of `caller`.
    fn call(&self, caller: Caller, called: Called) -> BoxFuture<'static, EngineResult<Effects>>;
}

/// Times of the host.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How long a message is hidden that a function works on; it is renewed at half of it.
    pub lease: Duration,
    /// How long one is hidden whose function failed.
    pub visibility: Duration,
    /// How often a message is tried.
    pub max_dequeue: u64,
    /// How often the timer fires.
    pub timer: Duration,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(600),
            visibility: Duration::from_secs(5),
            max_dequeue: 5,
            timer: Duration::from_secs(60),
        }
    }
}

/// A host with its one handler, which serve one function.
#[derive(Clone)]
pub struct Site {
    pub function: &'static str,
    pub handler: ProcessId,
    pub functions: Arc<dyn Functions>,
    pub plan: Plan,
    /// What its function is bound to.
    pub bindings: Arc<Bindings>,
}

/// Opens a site for each instance of each function, as scale groups: nothing is shared between them but storage.
pub fn open_sites(world: &Arc<World>, functions: &Arc<dyn Functions>, plan: Plan) {
    let mut number = 100;
    for (function, queue, instances) in functions.queues() {
        for instance in 0..instances {
            let name = (function, instance, number);
            open(world, functions, plan, name, Some(queue), move |caller, site| {
                Box::pin(listener::listen(caller, site, queue))
            });
            number += 1;
        }
    }
    open(world, functions, plan, ("timer", 0, number), None, |caller, site| {
        Box::pin(timer::tick(caller, site))
    });
}

fn open(
    world: &Arc<World>,
    functions: &Arc<dyn Functions>,
    plan: Plan,
    (function, instance, number): (&'static str, usize, usize),
    queue: Option<QueueName>,
    run: impl Fn(Caller, Site) -> BoxFuture<'static, ()> + Send + Sync + 'static,
) {
    let handler = world.add_process(&format!("{function}-{instance}"), Role::Handler, number, None);
    let site = Site {
        function,
        handler,
        functions: functions.clone(),
        plan,
        bindings: Bindings::triggered_by(queue),
    };
    let boot: Boot = Arc::new(move |world, process| run(Caller::new(&world, process), site.clone()));
    let host = world.add_process(&format!("{function}-{instance}/host"), Role::Host, number, Some(boot));
    world.start_soon(handler);
    world.start_soon(host);
}
