//! What a desk promises, and which happenings of a case move the clock of each promise.

use crate::clock::Event;
use jiff::Timestamp;

/// What is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Goal {
    /// An agent's first answer to a case that a customer began.
    FirstResponse,
    /// An agent's answer to each later message; several messages without an answer are one round.
    NextResponse,
    /// The case solved.
    Resolve,
}

/// What happened on a case, as far as promises care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening<P> {
    /// The case began; a message of the customer that began it follows as [`Happening::CustomerWrote`].
    Opened,
    CustomerWrote,
    AgentReplied,
    /// The case waits on the customer. Waiting on anybody else is the desk's own time, and no happening.
    WaitsOnCustomer,
    WaitsNoMore,
    PriorityChanged(P),
    Solved,
    /// Solved no more.
    Reopened,
}

impl Goal {
    /// The events of this goal's clock, from all that happened on a case, in order.
    ///
    /// | happening | first response | next response | resolve |
    /// |---|---|---|---|
    /// | opened | | | started |
    /// | customer wrote | started, before any answer | started, after one | |
    /// | agent replied | met | met | |
    /// | waits on the customer, no more | paused, resumed | paused, resumed | paused, resumed |
    /// | solved, reopened | paused, resumed | paused, resumed | met, reopened |
    ///
    /// A message that begins a round while the case waits or is solved starts a running clock: the customer has done
    /// their part. A case that is solved without an answer owes none, until it is reopened.
    #[must_use]
    pub fn events<P: Copy>(self, happenings: &[(Timestamp, Happening<P>)]) -> Vec<(Timestamp, Event<P>)> {
        let mut answered = false;
        let mut events = Vec::new();
        for (at, happening) in happenings {
            let event = match happening {
                Happening::PriorityChanged(priority) => Some(Event::Priority(*priority)),
                Happening::WaitsOnCustomer => Some(Event::Paused),
                Happening::WaitsNoMore => Some(Event::Resumed),
                happening if self == Self::Resolve => resolves(happening),
                happening => self.responds(happening, answered),
            };
            answered |= matches!(happening, Happening::AgentReplied);
            events.extend(event.map(|event| (*at, event)));
        }
        events
    }

    fn responds<P>(self, happening: &Happening<P>, answered: bool) -> Option<Event<P>> {
        match happening {
            Happening::CustomerWrote if answered == (self == Self::NextResponse) => Some(Event::Started),
            Happening::AgentReplied => Some(Event::Met),
            Happening::Solved => Some(Event::Paused),
            Happening::Reopened => Some(Event::Resumed),
            _ => None,
        }
    }
}

fn resolves<P>(happening: &Happening<P>) -> Option<Event<P>> {
    match happening {
        Happening::Opened => Some(Event::Started),
        Happening::Solved => Some(Event::Met),
        Happening::Reopened => Some(Event::Reopened),
        _ => None,
    }
}
