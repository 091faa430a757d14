//! Kamailio

use std::process::Command;

use anyhow::{Result, bail};

use super::{
    control::Server,
    home::{Home, Port, Ports},
};

pub(crate) struct Kamailio;

impl Server for Kamailio {
    fn name(&self) -> &'static str {
        "kamailio"
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
