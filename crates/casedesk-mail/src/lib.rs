//! Reading and writing support mail.
pub struct Address {
    pub name: Option<String>,
    pub address: String,
}
pub fn normalise_address(text: &str) -> Option<Address> {
    text.contains('@').then(|| Address { name: None, address: text.to_owned() })
}
