//! How a case goes: a list of steps with their times, drawn from the seed.
use std::time::Duration;

/// A small seeded source of numbers (SplitMix64), so that the same seed tells the same story.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `sides`; 0 when there are none.
    pub(super) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^= x >> 31;
        usize::try_from(x % u64::try_from(sides.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.roll(100) < percent
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }

    pub(super) fn minutes(&mut self, least: usize, most: usize) -> Duration {
        let minutes = least + self.roll(most - least);
        Duration::from_secs(u64::try_from(minutes).unwrap_or(0) * 60)
    }
}

/// One thing that happens to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Opens,
    Taken,
    Prioritised,
    Asked,
    Answers,
    Noted,
    Answered,
    Vacation,
    Thanks,
    Solved,
    WaitsOnEngineering,
    Critical,
}

/// Cases that wait for their first reply, by the minutes before the end at which they open: one of them is overdue then.
pub(super) const UNANSWERED: [u64; 3] = [100, 25, 8];

pub(super) fn unanswered() -> Vec<(Duration, Step)> {
    vec![(Duration::ZERO, Step::Opens), (Duration::from_mins(2), Step::Critical)]
}

/// The steps of one case and how long after the last each comes.
pub(super) fn script(dice: &mut Dice) -> Vec<(Duration, Step)> {
    let mut steps = vec![(Duration::ZERO, Step::Opens)];
    if dice.chance(4) {
        return steps;
    }
    steps.push((dice.minutes(3, 240), Step::Taken));
    if dice.chance(30) {
        steps.push((dice.minutes(1, 4), Step::Prioritised));
    }
    if dice.chance(80) {
        steps.push((dice.minutes(5, 90), Step::Asked));
        if dice.chance(6) {
            steps.push((dice.minutes(1, 3), Step::Vacation));
        }
        if dice.chance(8) {
            return steps;
        }
        steps.push((dice.minutes(30, 1500), Step::Answers));
    }
    if dice.chance(60) {
        steps.push((dice.minutes(10, 200), Step::Noted));
    }
    if dice.chance(8) {
        steps.push((dice.minutes(5, 60), Step::WaitsOnEngineering));
        return steps;
    }
    steps.push((dice.minutes(20, 600), Step::Answered));
    if dice.chance(70) {
        steps.push((dice.minutes(60, 2600), Step::Thanks));
    }
    steps.push((dice.minutes(10, 500), Step::Solved));
    steps
}
