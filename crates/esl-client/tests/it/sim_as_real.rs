//! The simulated FreeSWITCH does what the tests of the real one ask.

use crate::against::{Server, tests};
use ifbus_sim::freeswitch::FreeSwitchSim;

async fn simulated() -> Option<(Server, FreeSwitchSim)> {
    let sim = FreeSwitchSim::start().await.unwrap();
    Some((Server::new(sim.addr().to_string()), sim))
}

tests!(simulated());
