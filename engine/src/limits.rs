//! Every maximum, with its unit in its name.

/// Longest meeting, and widest distance between starts.
pub const DURATION_MINUTES_MAX: u32 = 1_440;
/// Widest buffer on either side.
pub const BUFFER_MINUTES_MAX: u32 = 1_440;
/// Ten years of days, with every leap day they can hold.
pub const HORIZON_DAYS_MAX: u32 = 3_653;
/// Ten years of minutes.
pub const NOTICE_MINUTES_MAX: u32 = HORIZON_DAYS_MAX * 1_440;
/// Longest span a single question may cover, in calendar years.
pub const RANGE_YEARS_MAX: u32 = 10;
/// No civil clock was ever further from UTC than this (Manila came nearest, 15:56 behind, until 1844).
pub const OFFSET_SECONDS_MAX: i32 = 18 * 3_600;
