//! What the Functions host does around functions, as the platform and `functions-local` do it: it leases messages and
//! renews the lease, runs the function in the handler's process, performs what the function returned and is bound to, deletes
//! the message, lets a failed one be seen again after a while, and puts it among the poison after the fifth time.

mod bindings;
mod listener;
mod outputs;
mod site;
mod timer;

pub use site::{Called, Functions, Plan, open_sites};
