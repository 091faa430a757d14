//! Users: their passwords, and where they are registered.

use super::engine::Engine;
use super::message::Message;
use crate::knobs::lock;

impl Engine {
    /// `user.auth`, `user.register` and `user.unregister`. Whether the user is known.
    pub(super) fn user(&self, message: &mut Message) -> bool {
        let name = message.text("username");
        let Some(password) = self.config.users.get(&name) else { return false };
        match message.name().as_str() {
            "user.auth" => message.ret = password.clone().into_bytes(),
            "user.register" => {
                lock(&self.state).registered.insert(name, message.text("data"));
            }
            _ => {
                lock(&self.state).registered.remove(&name);
            }
        }
        true
    }
}
