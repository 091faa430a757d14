//! Asterisk 22 in an extracted root of its own, since the host's release has none.

use std::process::Command;

use anyhow::{Result, bail};

use super::{
    control::Server,
    home::{Home, Port, Ports},
};

pub(crate) struct Asterisk;

impl Server for Asterisk {
    fn name(&self) -> &'static str {
        "asterisk"
    }
    fn ports(&self) -> &'static [Port] {
        &[]
    }
    fn install(&self, _: &Home) -> Result<()> {
        bail!("not there yet")
    }
    fn configure(&self, _: &Home, _: &Ports) -> Result<()> {
        Ok(())
    }
    fn command(&self, _: &Home, _: &Ports) -> Result<Command> {
        bail!("not there yet")
    }
    fn ready(&self, _: &Home, _: &Ports) -> Result<()> {
        Ok(())
    }
    fn env(&self, _: &Home, _: &Ports) -> Result<Vec<(&'static str, String)>> {
        Ok(vec![])
    }
}
