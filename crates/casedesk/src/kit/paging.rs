//! Keyset cursors: where a list goes on, as an opaque word that holds up to two numbers.
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The sort key and id of the last row shown; the next page starts behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub key: i64,
    pub id: i64,
}

impl Cursor {
    pub fn encode(self) -> String {
        URL_SAFE_NO_PAD.encode([self.key.to_be_bytes(), self.id.to_be_bytes()].concat())
    }

    /// `None` when the word is not one of ours.
    pub fn decode(word: &str) -> Option<Self> {
        let bytes: [u8; 16] = URL_SAFE_NO_PAD.decode(word).ok()?.try_into().ok()?;
        let (key, id) = bytes.split_at(8);
        Some(Self { key: i64::from_be_bytes(key.try_into().ok()?), id: i64::from_be_bytes(id.try_into().ok()?) })
    }
}

/// One page of a list, and the cursor of the next when there is more.
#[derive(Clone, Debug)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// Cuts `rows`, fetched with one more than `limit`, to a page.
    pub fn cut(mut rows: Vec<T>, limit: usize, cursor: impl Fn(&T) -> Cursor) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(cursor);
        Self { rows, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was() {
        let cursor = Cursor { key: -5, id: i64::MAX };
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        assert_eq!(Cursor::decode("nonsense"), None);
    }
}
