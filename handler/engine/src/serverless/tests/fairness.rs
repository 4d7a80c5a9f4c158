use super::House;
use crate::deps::DispatchLimits;
use blastline_jobs::state::Phase;

#[tokio::test]
async fn one_persons_many_searches_do_not_delay_anothers_first() {
    let house = House::with_limits(DispatchLimits { in_flight: 4, per_owner: 3 });
    for _ in 0..30 {
        house.submit(1, 40).await;
    }
    let other = house.submit(2, 4).await;
    // All are prepared before the first part runs, since the submit queue is looked at first.
    let mut functions = 0;
    while house.job(&other).await.parts_done == 0 {
        assert!(house.step().await, "nothing is left to do");
        functions += u64::from(house.job(&other).await.phase != Phase::Queued);
    }
    assert!(functions <= 8, "the other person's search waited for {functions} functions");
    house.settle().await;
    house.assert_completed(&other, 4).await;
    house.assert_at_rest().await;
}
