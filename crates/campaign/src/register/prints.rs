//! Paper prints on their way: printed, at the school, seen to be the student, used; or recalled and printed again.

use uuid::Uuid;

use seal::identity::CampaignId;

use super::{Act, Change, Register, Result};
use crate::case::tracks::{Event, PrintsEvent};

/// What stands in a dispute that a print began.
const DENIED: &str = "冲印件核对：不是本人";

impl Register {
    /// Lets the same step happen to the prints of several students; whoever stands elsewhere is left out. A print that shows
    /// somebody else opens a dispute, in which the photos beside it are looked at. Gives how many.
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
        let shots = self.accepted_shots(id).await?;
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let mut moved = 0;
        for &student in students {
            let mut entry = change.student(student).await?;
            match entry.case.prints.after(step, act.role) {
                Ok(_) => {
                    change.step(&mut entry, Event::Prints(step), None, act).await?;
                    if step == PrintsEvent::Deny {
                        change.look_into(&mut entry, shots.get(&student), DENIED, act).await?;
                    }
                    moved += 1;
                }
                Err(crate::Refused::NotNow { .. }) => {}
                Err(refused) => return Err(refused.into()),
            }
        }
        change.commit().await?;
        Ok(moved)
    }
}
