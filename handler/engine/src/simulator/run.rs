use super::chance::Chance;
use super::checks::{Checks, at_rest, examined, not_at_rest};
use super::search::Scenario;
use super::weather::Weather;
use super::world::{Caller, Event, Executor, Line, Role, Violation, World};
use crate::planted::{self, Planted};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// By when every job has to have ended once nothing goes wrong any more. A part that fails for a while is tried twelve
/// times, which alone takes up to 38 minutes.
pub const LONGEST_REST: Duration = Duration::from_secs(3600);

/// How often it is looked whether everything is at rest.
const LOOK: Duration = Duration::from_secs(60);

/// How a run went.
pub struct Outcome {
    pub seed: u64,
    pub violation: Option<Violation>,
    pub history: Vec<Line>,
}

/// Runs one seed, with a fault planted where one is given.
pub fn run_seed(seed: u64, planted: Option<Planted>) -> Outcome {
    let _planted = planted.map(planted::plant);
    let mut chance = Chance::new(seed);
    let scenario = Scenario::draw(&mut chance);
    let storm = Weather::storm(&mut chance);
    let world = World::new(chance, storm);
    let (checks, known) = Checks::new(&scenario);
    world.set_checker(Box::new(checks));
    let busy = scenario.set_up(&world);
    let weather = world.add_process("weather", Role::Client, 0, None);
    let doctor = || examined(&scenario, &Caller::new(&world, weather));
    let mut executor = Executor::new(world.clone());
    let look = millis(LOOK);
    let (storm_ends, late) = (millis(scenario.storm), millis(scenario.functions.timing.late));
    // What is younger than `late` the doctor takes for work that is under way; a jump of the clock makes all things old.
    let jumps = world.weather().jumps > 0;
    while world.first_violation().is_none() && world.elapsed_ms() < storm_ends {
        executor.run_until((world.elapsed_ms() + look).min(storm_ends));
        if !jumps {
            world.violate(doctor());
        }
    }
    world.set_weather(Weather::calm());
    world.note(weather, Event::Task { word: "calm", task: String::new(), detail: String::new() });
    let mut left = Vec::new();
    let calm = world.elapsed_ms();
    let mut until = calm;
    while world.first_violation().is_none() && until < calm + millis(LONGEST_REST) {
        until += look;
        executor.run_until(until);
        left = not_at_rest(&world.stores, &scenario.functions.yard, &known.lock().unwrap().jobs);
        if until >= calm + late {
            world.violate(doctor());
        }
        if left.is_empty() && idle(&busy) {
            break;
        }
    }
    if world.first_violation().is_none() {
        world.violate(left);
        executor.run_until(world.elapsed_ms() + late);
        let known = known.lock().unwrap();
        world.violate(at_rest(&world.stores, &known.jobs, &known.accepted));
        world.violate(doctor());
    }
    drop(executor);
    Outcome { seed, violation: world.first_violation(), history: world.lines() }
}

fn idle(busy: &AtomicUsize) -> bool {
    busy.load(Ordering::Relaxed) == 0
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap()
}
