//! Anchors at which several meet, and statements beside the flow.

use super::lower::{After, Here, Lowering};
use super::{PortId, PortKind, Step};
use crate::analysis::{Anchor, Kind, Meeting, Statement, used};

impl Lowering<'_> {
    /// `branch`, `atomic`, and what goes on from one anchor. What it changes, it changes for itself.
    pub(super) fn aside(&mut self, settles: bool, body: &[Statement], here: &Here<'_>) -> Step {
        let live = &here.statement.live;
        let copies = self.changing(used(body).intersection(live).copied());
        let own = here.owned.difference(live).chain(&copies).copied().collect();
        let mut steps = self.copies(&copies);
        steps.extend(self.list(body, &After::End, own));
        Step::Aside { settles, body: steps }
    }

    pub(super) fn anchor(&mut self, anchor: &Anchor, here: &Here<'_>) -> Step {
        let own = here.owned.difference(&here.statement.live).copied().collect();
        let frame = self.frame(anchor.frame.iter().copied(), &own);
        let port = self.meeting_port(anchor.meeting, &anchor.label);
        Step::Enter { port, frame }
    }

    /// Those of what nothing else comes to.
    pub(super) fn meetings(&mut self, rest: &[Statement]) {
        for statement in rest {
            if let Kind::Meeting(meeting) = &statement.kind {
                self.meeting(meeting);
            }
        }
    }

    /// What goes on from several anchors.
    pub(super) fn meeting(&mut self, meeting: &Meeting) {
        let port = self.meeting_port(meeting.number, &meeting.label);
        let frame = meeting.frame.iter().copied().collect();
        self.port_segment(port, Vec::new(), &frame, &[], (&meeting.body, &After::End));
    }

    fn meeting_port(&mut self, number: usize, label: &str) -> PortId {
        let out = &mut self.out;
        let port = || out.port(PortKind::Join, "meeting", label);
        *self.meetings.entry(number).or_insert_with(port)
    }
}
