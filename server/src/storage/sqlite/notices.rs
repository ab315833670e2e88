//! Who is told of changes: this process. Other programs on the file are seen when somebody asks for changes.

use std::sync::Arc;

use super::super::Bell;

#[derive(Clone, Default)]
pub(super) struct Notices(Arc<Bell>);

impl Notices {
    pub(super) fn bell(&self) -> Arc<Bell> {
        Arc::clone(&self.0)
    }

    pub(super) fn tell(&self) {
        self.0.ring();
    }
}
