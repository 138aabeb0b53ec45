//! Which details are still missing.
use crate::{Field, Known};

/// The required fields that have no value, in the order given, each once.
pub fn missing(required: &[Field], known: &[Known]) -> Vec<Field> {
    let mut missing: Vec<Field> = Vec::new();
    for field in required {
        let has = known.iter().any(|one| one.field == *field && !one.value.trim().is_empty());
        if !has && !missing.contains(field) {
            missing.push(*field);
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_without_a_value_is_missing_once() {
        let known = [
            Known { field: Field::OsName, value: "Debian".into() },
            Known { field: Field::OsVersion, value: " ".into() },
        ];
        let required = [Field::OsName, Field::OsVersion, Field::OsVersion, Field::Protocols];
        assert_eq!(missing(&required, &known), [Field::OsVersion, Field::Protocols]);
        assert_eq!(missing(&[], &known), []);
    }
}
