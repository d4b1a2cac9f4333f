//! Paper prints on their way: printed, at the school, seen to be the student, used; or recalled and printed again.

use uuid::Uuid;

use seal::identity::CampaignId;

use super::codes::system;
use super::{Act, Change, Register, Result};
use crate::case::tracks::{Event, Prints, PrintsEvent};
use crate::role::Role;

impl Register {
    /// Lets the same step happen to the prints of several students; whoever stands elsewhere is left out. Gives how many.
    ///
    /// # Errors
    /// [`RegisterError::Refused`](super::RegisterError::Refused) for a role that may not.
    pub async fn hand_on(
        &self,
        id: &CampaignId,
        students: &[Uuid],
        step: PrintsEvent,
        act: &Act<'_>,
    ) -> Result<usize> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let mut moved = 0;
        for &student in students {
            let mut entry = change.student(student).await?;
            match entry.case.prints.after(step, act.role) {
                Ok(_) => {
                    change.step(&mut entry, Event::Prints(step), None, act).await?;
                    moved += 1;
                }
                Err(crate::Refused::NotNow { .. }) => {}
                Err(refused) => return Err(refused.into()),
            }
        }
        change.commit().await?;
        Ok(moved)
    }

    /// The photo that prints were made of is void: they are to be made again.
    ///
    /// # Errors
    /// [`RegisterError::Store`](super::RegisterError::Store) when it cannot be written.
    pub async fn recall_prints(&self, id: &CampaignId, student: Uuid, act: &Act<'_>) -> Result<()> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let mut entry = change.student(student).await?;
        if entry.case.prints == Prints::None {
            return Ok(());
        }
        let by = Act { role: Role::System, ..system(act) };
        change.step(&mut entry, Event::Prints(PrintsEvent::Recall), None, &by).await?;
        change.commit().await
    }
}
