//! `kubectl apply`.

use super::Trouble;
use crate::standin::{
    api::create_object,
    check::Rules,
    objects::{Job, Kind, Pod},
    shared::Shared,
    store::Kept,
};

/// Namespace of everything that the CLI creates.
pub const NAMESPACE: &str = "default";

/// Creates an object; one that is there already stays.
pub fn apply<K: Kept + Rules>(shared: &Shared, object: K) -> Result<(), Trouble> {
    let name = object.meta().name.clone();
    let mut world = shared.world();
    if let Some(there) = world.get::<K>(NAMESPACE, &name) {
        let (mut there, mut wanted) = (there.clone(), object);
        wanted.fill();
        return if same_work(&mut there, &mut wanted) {
            Ok(())
        } else {
            let words = format!("The {} {name:?} is invalid: spec.template: field is immutable", K::KIND);
            Err(Trouble::new(7, words).categorised("transient"))
        };
    }
    let created = create_object(&mut world, NAMESPACE, object, false);
    created.map(|_| ()).map_err(|failure| {
        Trouble::new(7, format!("Error from server: kubectl apply: {}", failure.message()))
            .categorised("transient")
    })
}

/// Whether two objects would do the same; of anything but a Job only the name counts.
fn same_work<K: Kind>(there: &mut K, wanted: &mut K) -> bool {
    let there: &dyn std::any::Any = there;
    let wanted: &dyn std::any::Any = wanted;
    match (there.downcast_ref::<Job>(), wanted.downcast_ref::<Job>()) {
        (Some(there), Some(wanted)) => there.spec.template.spec == wanted.spec.template.spec,
        _ => true,
    }
}

/// Whether every `setup` Job, of whatever search, has ended; and whether one of them failed.
pub fn setup_is_over(shared: &Shared) -> (bool, bool) {
    let world = shared.world();
    let setup: Vec<_> = Job::shelf(&world).all().filter(|job| job.metadata.label("app") == "setup").collect();
    let all_failed = !setup.is_empty() && setup.iter().all(|job| job.condition("Failed").is_some());
    (setup.iter().all(|job| job.is_over()), all_failed)
}

/// Whether the Job of a pod carries the label by which the CLI waits for Jobs to end.
pub fn waits_for_itself(pod: &Pod) -> bool {
    pod.metadata.labels.contains_key("elb-job-id")
}
