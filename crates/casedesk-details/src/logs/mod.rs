pub(crate) fn begins_with_time(_l: &str) -> bool {
    false
}
