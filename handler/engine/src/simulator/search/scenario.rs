use super::client::{Client, Person};
use super::functions::{SearchFunctions, Yard};
use super::truth::Order;
use crate::deps::DispatchLimits;
use crate::simulator::chance::Chance;
use crate::simulator::cluster::SimCluster;
use crate::simulator::host::{Functions, Plan, open_sites};
use crate::simulator::world::{Caller, Role, World};
use blastline_jobs::ids::OwnerId;
use blastline_jobs::timing::{BLAST_DEADLINE_SECONDS, Timing};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

/// What a seed has happen: who searches what, and on what.
#[derive(Debug, Clone)]
pub struct Scenario {
    pub functions: SearchFunctions,
    pub people: Vec<Person>,
    /// How long the storm lasts.
    pub storm: Duration,
}

impl Scenario {
    pub fn draw(chance: &mut Chance) -> Self {
        let part_target = Duration::from_secs(chance.between(5, 30));
        // One seed in eight runs into its deadline.
        let deadline = if chance.ppm(125_000) { chance.between(60, 600) } else { 24 * 3600 };
        let mut timing = Timing::new(&[(BLAST_DEADLINE_SECONDS, deadline)], part_target, 1.0);
        // A part looks less often than in life, which is what most calls would be otherwise.
        timing.cancel_poll = Duration::from_secs(4);
        let in_flight = chance.between(1, 6);
        let limits = DispatchLimits { in_flight, per_owner: chance.between(1, in_flight) };
        let functions = SearchFunctions {
            timing,
            limits,
            pace: chance.between(100, 1_500),
            chunk_instances: chance.index(3) + 1,
            yard: Yard::default(),
            searches_per_cluster: chance.between(1, 3),
            unreachable: Duration::from_secs(chance.between(300, 3_600)),
        };
        let searches = chance.between(1, 4);
        let mut people: Vec<_> = (0..searches).map(|number| person(chance, number)).collect();
        // Some seeds know one engine alone, so that each is met without the other.
        let on_cluster = [0, 0, 500_000, 1_000_000][chance.index(4)];
        for person in &mut people {
            person.order.on_cluster = chance.ppm(on_cluster);
        }
        Self { functions, people, storm: chance.millis(60_000, 480_000) }
    }

    /// Sets a world up: processes, functions, people. Gives how many people are still at it.
    pub fn set_up(&self, world: &Arc<World>) -> Arc<AtomicUsize> {
        let busy: Arc<AtomicUsize> = Arc::default();
        if self.people.iter().any(|person| person.order.on_cluster) {
            self.functions.yard.open(SimCluster::open(world));
        }
        let functions: Arc<dyn Functions> = Arc::new(self.functions.clone());
        open_sites(world, &functions, Plan::default());
        let http = world.add_process("http", Role::Handler, 1, None);
        world.start_soon(http);
        for (number, person) in self.people.iter().enumerate() {
            let process = world.add_process(&format!("client-{number}"), Role::Client, 1_000 + number, None);
            world.start_soon(process);
            let me = Caller::new(world, process);
            let client = Client { me, http, functions: Arc::new(self.functions.clone()), busy: busy.clone() };
            world.spawn(process, Box::pin(client.play(person.clone())));
        }
        busy
    }
}

fn person(chance: &mut Chance, number: u64) -> Person {
    let owner: OwnerId = format!("00000000-0000-0000-0000-{:012}", chance.between(1, 2)).parse().unwrap();
    let queries = if chance.ppm(200_000) { 1 } else { chance.between(2, 24) };
    let lengths = (0..queries).map(|_| chance.between(200, 8_000)).collect();
    let key = chance.ppm(500_000).then(|| format!("key-{number}"));
    Person {
        submits_after: chance.millis(0, 60_000),
        twice: key.is_some() && chance.ppm(400_000),
        order: Order { owner, key, lengths, on_cluster: false },
        cancels_after: chance.ppm(450_000).then(|| chance.millis(0, 120_000)),
        deletes_after: chance.ppm(200_000).then(|| chance.millis(0, 300_000)),
    }
}
