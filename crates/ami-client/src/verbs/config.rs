//! Configuration files.

use crate::action::{self, Action, Raw};
use crate::client::Client;
use crate::error::Error;
use crate::frame::{Frame, split};

/// A configuration file, as [`Client::config`] reads it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigFile {
    /// Its categories, in order; names may repeat.
    pub categories: Vec<Category>,
}

/// A category of a configuration file.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Category {
    /// Its name, without brackets.
    pub name: String,
    /// Its settings, in order; names may repeat.
    pub settings: Vec<(String, String)>,
}

/// Says the names only: the values may be secrets.
impl std::fmt::Debug for Category {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.settings.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Category").field("name", &self.name).field("settings", &names).finish()
    }
}

impl std::fmt::Debug for ConfigFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfigFile").field("categories", &self.categories).finish()
    }
}

impl Category {
    /// The first value of a setting.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.settings.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

impl ConfigFile {
    /// The first category of this name.
    #[must_use]
    pub fn category(&self, name: &str) -> Option<&Category> {
        self.categories.iter().find(|category| category.name == name)
    }

    /// Reads the answer to `GetConfig`: `Category-000000: name`, `Line-000000-000001: name=value`.
    fn read(frame: &Frame) -> Self {
        let mut categories: Vec<Category> = Vec::new();
        for header in frame.iter() {
            if header.name.starts_with(b"Category-") {
                categories.push(Category { name: header.value().into_owned(), settings: Vec::new() });
            } else if header.name.starts_with(b"Line-")
                && let Some(category) = categories.last_mut()
            {
                let (name, value) = split(header.value, b'=');
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                category.settings.push((text(name), text(value)));
            }
        }
        Self { categories }
    }
}

/// Changes of a configuration file, carried out in their order; sent by [`Client::update_config`].
#[derive(Clone)]
#[must_use]
pub struct ConfigUpdate {
    raw: Raw,
    changes: u32,
}

impl std::fmt::Debug for ConfigUpdate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.raw.fmt(f)
    }
}

impl ConfigUpdate {
    /// Changes this file in place. About 25 changes fit into one update: Asterisk reads 128 headers.
    pub fn new(file: impl Into<String>) -> Self {
        let file = file.into();
        Self { raw: action::UpdateConfig::new(file.clone(), file).into_raw(), changes: 0 }
    }

    /// Reloads a module afterwards, or all of them (`yes`).
    pub fn reload(mut self, module: impl Into<String>) -> Self {
        self.raw = self.raw.set("Reload", module);
        self
    }

    fn change(mut self, action: &str, parts: &[(&str, &str)]) -> Self {
        let number = self.changes;
        self.raw = parts.iter().fold(self.raw.add(format!("Action-{number:06}"), action), |raw, (name, value)| {
            raw.add(format!("{name}-{number:06}"), *value)
        });
        self.changes += 1;
        self
    }

    /// Adds a category.
    pub fn new_category(self, name: &str) -> Self {
        self.change("NewCat", &[("Cat", name)])
    }

    /// Removes a category.
    pub fn delete_category(self, name: &str) -> Self {
        self.change("DelCat", &[("Cat", name)])
    }

    /// Renames a category.
    pub fn rename_category(self, name: &str, new: &str) -> Self {
        self.change("RenameCat", &[("Cat", name), ("Value", new)])
    }

    /// Adds a setting at the end of a category.
    pub fn append(self, category: &str, name: &str, value: &str) -> Self {
        self.change("Append", &[("Cat", category), ("Var", name), ("Value", value)])
    }

    /// Changes a setting that is there.
    pub fn update(self, category: &str, name: &str, value: &str) -> Self {
        self.change("Update", &[("Cat", category), ("Var", name), ("Value", value)])
    }

    /// Removes a setting.
    pub fn delete(self, category: &str, name: &str) -> Self {
        self.change("Delete", &[("Cat", category), ("Var", name)])
    }
}

impl Client {
    /// Reads a configuration file. Needs the right `system` or `config`.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn config(&self, file: &str) -> Result<ConfigFile, Error> {
        Ok(ConfigFile::read(self.send(action::GetConfig::new(file)).await?.frame()))
    }

    /// Changes a configuration file. Needs the right `config`.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn update_config(&self, update: ConfigUpdate) -> Result<(), Error> {
        self.send(update.raw).await.map(|_| ())
    }

    /// Reloads a module, or all of them.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn reload(&self, module: Option<&str>) -> Result<(), Error> {
        let reload = action::Reload::new();
        self.send(if let Some(module) = module { reload.module(module) } else { reload }).await.map(|_| ())
    }
}
