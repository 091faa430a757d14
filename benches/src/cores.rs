//! A core for the client and another for its servers, as they have who stand on other machines. Left to itself the system puts
//! two that talk to each other on one core or on two, now so and now so, which decides more than what is measured; and steps that
//! run side by side would wait for each other's servers.

/// The rest of this thread, and those that it starts, on the client's core.
pub fn client() {
    pin(0);
}

/// The same on the servers' core.
pub fn server() {
    pin(1);
}

fn pin(which: usize) {
    let cores = core_affinity::get_core_ids().unwrap_or_default();
    if let (Some(core), true) = (cores.get(which), cores.len() > 1) {
        core_affinity::set_for_current(*core);
    }
}
