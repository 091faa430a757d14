//! The server's own database.

use crate::action;
use crate::client::Client;
use crate::error::{Error, Reason};

impl Client {
    /// A value of the database; `None` where there is no such entry.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn db_get(&self, family: &str, key: &str) -> Result<Option<String>, Error> {
        match self.send(action::DBGet::new(family, key)).await {
            Ok(list) => Ok(list.iter().next().map(|entry| entry.val().into_owned())),
            Err(error) if error.reason() == Some(Reason::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sets a value of the database. Blanks in front of it are lost.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn db_put(&self, family: &str, key: &str, value: &str) -> Result<(), Error> {
        self.send(action::DBPut::new(family, key).val(value)).await.map(|_| ())
    }

    /// Removes an entry.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn db_del(&self, family: &str, key: &str) -> Result<(), Error> {
        self.send(action::DBDel::new(family, key)).await.map(|_| ())
    }

    /// All entries of a family, with their keys (`/family/key`). Since Asterisk 16.28.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn db_tree(&self, family: &str) -> Result<Vec<(String, String)>, Error> {
        let list = self.send(action::DBGetTree::new().family(family)).await?;
        Ok(list.iter().map(|entry| (entry.key().into_owned(), entry.val().into_owned())).collect())
    }
}
