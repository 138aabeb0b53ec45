//! Reading and writing support mail.
