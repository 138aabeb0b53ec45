//! What the tests of the rules begin with.
use crate::kit::{Day, Timestamp};
use crate::products::{Cycle, CycleId, ProductId};

pub(super) fn day(text: &str) -> Option<Day> {
    Day::parse(text)
}

/// A cycle by its days: released, support ends, security fixes end, end of life.
pub(super) fn cycle(name: &str, days: [&str; 4]) -> Cycle {
    Cycle {
        id: CycleId(1),
        product_id: ProductId(1),
        name: name.into(),
        lts: false,
        released_on: day(days[0]),
        support_ends_on: day(days[1]),
        security_ends_on: day(days[2]),
        ends_on: day(days[3]),
        ended: false,
        latest: None,
        latest_on: None,
        link: None,
        updated_at: Timestamp(0),
    }
}
