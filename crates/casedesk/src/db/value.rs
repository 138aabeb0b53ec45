//! What goes into a statement, and how our own types become it.
use crate::kit::{Day, Secret, Timestamp};

/// One bound value; the empty ones keep their type, which PostgreSQL asks for.
#[derive(Clone, Debug)]
pub enum Value {
    Bool(Option<bool>),
    Int(Option<i64>),
    Float(Option<f64>),
    Text(Option<String>),
    Blob(Option<Vec<u8>>),
}

/// A type that can be bound to a statement.
pub trait ToValue {
    /// The NULL of this type.
    const NULL: Value;
    fn to_value(self) -> Value;
}

macro_rules! to_value {
    ($($from:ty => $variant:ident, $convert:expr;)*) => { $(
        impl ToValue for $from {
            const NULL: Value = Value::$variant(None);
            fn to_value(self) -> Value {
                Value::$variant(Some($convert(self)))
            }
        }
    )* };
}

to_value! {
    bool => Bool, |x| x;
    i64 => Int, |x| x;
    i32 => Int, i64::from;
    u8 => Int, i64::from;
    f64 => Float, |x| x;
    String => Text, without_nul;
    &str => Text, |x: &str| without_nul(x.to_owned());
    &String => Text, |x: &String| without_nul(x.clone());
    Vec<u8> => Blob, |x| x;
    &[u8] => Blob, <[u8]>::to_vec;
    Timestamp => Int, |x: Timestamp| x.0;
    Day => Text, |x: Day| x.to_string();
    &Secret => Text, |x: &Secret| x.reveal().to_owned();
}

/// PostgreSQL holds no NUL in text; both databases keep the sign that stands for what cannot be shown.
fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{FFFD}") } else { text }
}

impl<T: ToValue> ToValue for Option<T> {
    const NULL: Value = T::NULL;
    fn to_value(self) -> Value {
        self.map_or(T::NULL, ToValue::to_value)
    }
}

impl<DB: sqlx::Database> sqlx::Type<DB> for Timestamp
where
    i64: sqlx::Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        <i64 as sqlx::Type<DB>>::type_info()
    }
    fn compatible(ty: &DB::TypeInfo) -> bool {
        <i64 as sqlx::Type<DB>>::compatible(ty)
    }
}

impl<'r, DB: sqlx::Database> sqlx::Decode<'r, DB> for Timestamp
where
    i64: sqlx::Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
        <i64 as sqlx::Decode<'r, DB>>::decode(value).map(Timestamp)
    }
}

impl<DB: sqlx::Database> sqlx::Type<DB> for Day
where
    String: sqlx::Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        <String as sqlx::Type<DB>>::type_info()
    }
    fn compatible(ty: &DB::TypeInfo) -> bool {
        <String as sqlx::Type<DB>>::compatible(ty)
    }
}

impl<'r, DB: sqlx::Database> sqlx::Decode<'r, DB> for Day
where
    String: sqlx::Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
        let text = <String as sqlx::Decode<'r, DB>>::decode(value)?;
        Day::parse(&text).ok_or_else(|| format!("“{text}” is no day").into())
    }
}

/// Declares an id: a number of its own type, so that a case's id cannot be passed for an agent's.
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize, sqlx::Type, utoipa::ToSchema,
        )]
        #[sqlx(transparent)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl $crate::db::ToValue for $name {
            const NULL: $crate::db::Value = $crate::db::Value::Int(None);
            fn to_value(self) -> $crate::db::Value {
                $crate::db::Value::Int(Some(self.0))
            }
        }
    };
}

/// Declares an enum whose variants are stored, sent and read as the given words.
#[macro_export]
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($word),+]))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::db::UnknownWord;
            fn from_str(word: &str) -> ::std::result::Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::db::UnknownWord(stringify!($name), word.to_owned())),
                }
            }
        }

        impl<DB: sqlx::Database> sqlx::Type<DB> for $name
        where
            String: sqlx::Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <String as sqlx::Type<DB>>::type_info()
            }
            fn compatible(ty: &DB::TypeInfo) -> bool {
                <String as sqlx::Type<DB>>::compatible(ty)
            }
        }

        impl<'r, DB: sqlx::Database> sqlx::Decode<'r, DB> for $name
        where
            String: sqlx::Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> ::std::result::Result<Self, sqlx::error::BoxDynError> {
                Ok(<String as sqlx::Decode<'r, DB>>::decode(value)?.parse()?)
            }
        }

        impl $crate::db::ToValue for $name {
            const NULL: $crate::db::Value = $crate::db::Value::Text(None);
            fn to_value(self) -> $crate::db::Value {
                $crate::db::Value::Text(Some(self.as_str().to_owned()))
            }
        }
    };
}

/// A stored or sent word that its enum does not know.
#[derive(Debug, thiserror::Error)]
#[error("“{1}” is not a {0}")]
pub struct UnknownWord(pub &'static str, pub String);
