//! A posted form whose fields may repeat, as recipients and picked rows do.
use axum::extract::{FromRequest, RawForm, Request};

use super::Error;
use crate::desk::Desk;

/// The fields in the order they were sent.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    pub fn new(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// The first value of this name; empty when there is none.
    pub fn one(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// Every name with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// The first value of this name, unless it is empty.
    pub fn filled(&self, name: &str) -> Option<&str> {
        Some(self.one(name)).filter(|value| !value.is_empty())
    }
}

impl FromRequest<Desk> for Fields {
    type Rejection = Error;

    async fn from_request(request: Request, desk: &Desk) -> Result<Self, Error> {
        let RawForm(bytes) =
            RawForm::from_request(request, desk).await.map_err(|e| Error::bad_request(e.to_string()))?;
        Ok(Self(url::form_urlencoded::parse(&bytes).into_owned().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_have_many_values() {
        let fields = Fields(url::form_urlencoded::parse(b"to=a%40x&to=b&cc=").into_owned().collect());
        assert_eq!(fields.all("to").collect::<Vec<_>>(), ["a@x", "b"]);
        assert_eq!((fields.one("to"), fields.filled("cc"), fields.one("bcc")), ("a@x", None, ""));
    }
}
