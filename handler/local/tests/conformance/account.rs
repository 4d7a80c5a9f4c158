use blastline_local::storage::Storage;
use blastline_local::storage::connection;
use blastline_tests::azurite::{Account, Azurite};

/// One test's account of the Azurite that all tests share.
#[derive(Debug)]
pub struct TestAccount(Account);

impl TestAccount {
    /// A fresh account.
    pub fn new() -> Self {
        Self(Azurite::shared().account())
    }

    pub fn connection_string(&self) -> String {
        self.0.connection_string()
    }

    pub fn account(&self) -> connection::Account {
        connection::Account::parse(&self.connection_string()).unwrap()
    }

    pub fn storage(&self) -> Storage {
        Storage::new(self.account()).unwrap()
    }
}
