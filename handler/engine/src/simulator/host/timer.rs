use super::listener::call;
use super::site::{Called, Site};
use crate::simulator::world::{Caller, World};
use std::time::Duration;

/// Fires the timer, each time after the run before has ended. A failed run is not repeated.
pub async fn tick(host: Caller, site: Site) {
    let period = u64::try_from(site.plan.timer.as_millis()).unwrap();
    loop {
        let into = host.world.elapsed_ms() % period;
        host.wait(Duration::from_millis(period - into)).await;
        World::alive(&host.world, site.handler).await;
        if host.world.happens(|weather| weather.jumps) {
            let span = host.world.draw(|chance| chance.millis(5_000, 900_000));
            host.fault(format!("the clock jumps by {} s", span.as_secs()));
            host.world.jump(span);
        }
        call(&host, &site, Called::Timer).await.tell(&site, true);
    }
}
