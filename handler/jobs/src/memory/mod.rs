//! In-memory tables, queues and blobs that behave as the service does: the parts of tests and the simulator.
