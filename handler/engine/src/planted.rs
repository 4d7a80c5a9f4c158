//! Faults that tests plant where such faults would really be made, to see that the simulator finds them. Outside tests
//! none can be planted, and asking costs nothing.

/// A fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Planted {
    /// A part is claimed without compare-and-swap.
    SkippedSwap,
    /// A part's message is sent before its row is written.
    MessageBeforeRow,
    /// A running part gives no signs of life.
    LostHeartbeat,
    /// A part's result is written without a look at who holds it.
    UncheckedClaim,
    /// A part is cut over one that is there.
    PlanOverwritten,
    /// Results are joined when every query was given out, whether or not it is done.
    UncoveredCompletion,
    /// The reconciler takes an entry off its worklist before it has written the next.
    EntryDroppedEarly,
    /// A part that is done is searched again when its message comes again.
    DoneRunAgain,
    /// A cancel does not wait for parts that run.
    HastyCancel,
    /// A part that failed for a while is not sent again.
    RetryWithoutMessage,
    /// A poison message is dealt with and left lying.
    PoisonLeft,
    /// Places that became free are not told to the dispatcher.
    LeakedPlaces,
    /// The joined result is believed.
    UnprovedResult,
    /// A job's row is written over whatever is there.
    UnguardedPatch,
    /// Results of attempts that came to nothing stay when their search has ended.
    AttemptsLeft,
    /// A function returns a message that it is not bound to.
    UnboundOutput,
    /// A batch on a cluster counts as complete as soon as its result is there.
    UnfinishedBatch,
    /// A batch is given to be read in without a look at its result.
    UnprovedBatch,
    /// A cancel forgets the Job that makes the others.
    ForgottenSubmission,
    /// A search is submitted again beside Jobs of its first submission.
    RetryBesideJobs,
    /// A look at a cluster does not ask for the next one.
    LookNotAsked,
    /// A look whose message comes again does not ask for the next one.
    SilentRedelivery,
    /// A search that has ended keeps its place in line.
    PlaceKept,
}

#[cfg(test)]
impl Planted {
    /// Every fault.
    pub(crate) const ALL: [Self; 23] = [
        Self::SkippedSwap,
        Self::MessageBeforeRow,
        Self::LostHeartbeat,
        Self::UncheckedClaim,
        Self::PlanOverwritten,
        Self::UncoveredCompletion,
        Self::EntryDroppedEarly,
        Self::DoneRunAgain,
        Self::HastyCancel,
        Self::RetryWithoutMessage,
        Self::PoisonLeft,
        Self::LeakedPlaces,
        Self::UnprovedResult,
        Self::UnguardedPatch,
        Self::AttemptsLeft,
        Self::UnboundOutput,
        Self::UnfinishedBatch,
        Self::UnprovedBatch,
        Self::ForgottenSubmission,
        Self::RetryBesideJobs,
        Self::LookNotAsked,
        Self::SilentRedelivery,
        Self::PlaceKept,
    ];

    /// The fault of a name, as `make simulate PLANT=` takes it: `SkippedSwap` and so on.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| format!("{fault:?}") == name)
    }
}

#[cfg(not(test))]
#[inline(always)]
pub(crate) const fn is_planted(_: Planted) -> bool {
    false
}

#[cfg(test)]
pub(crate) use switch::{is_planted, plant};

#[cfg(test)]
mod switch {
    use super::Planted;
    use std::cell::Cell;

    thread_local! {
        static PLANTED: Cell<Option<Planted>> = const { Cell::new(None) };
    }

    /// Whether a fault is planted on this thread.
    pub(crate) fn is_planted(fault: Planted) -> bool {
        PLANTED.get() == Some(fault)
    }

    /// Takes a planted fault away again.
    pub(crate) struct Uproot;

    impl Drop for Uproot {
        fn drop(&mut self) {
            PLANTED.set(None);
        }
    }

    /// Plants a fault on this thread.
    pub(crate) fn plant(fault: Planted) -> Uproot {
        PLANTED.set(Some(fault));
        Uproot
    }
}
