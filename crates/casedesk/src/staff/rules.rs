//! Pure decisions: what a name, an address, a password and a code must be like.
use totp_rs::{Algorithm, TOTP};

use crate::kit::Timestamp;

/// One password a line, lower case, 8 characters or more: those that are tried first.
const COMMON: &str = include_str!("common_passwords.txt");

const SHORTEST: usize = 8;
const LONGEST: usize = 512;
const STEP_S: i64 = 30;

/// Why an input is not taken, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("Use at least 8 characters. A few words in a row are easy to keep in mind.")]
    PasswordShort,
    #[error("Use at most 512 characters.")]
    PasswordLong,
    #[error("This password is among the first that are tried. Choose another.")]
    PasswordCommon,
    #[error("This password is made of your name, your address or the desk's name. Choose another.")]
    PasswordNamesYou,
    #[error("Give a name of 1 to 100 characters.")]
    Name,
    #[error("This is not a mail address.")]
    Address,
    #[error("This time zone is not known. Write it as Europe/Dublin.")]
    TimeZone,
    #[error("A signature has at most 5000 characters.")]
    Signature,
    #[error("An extension is at most 50 letters and digits, as the telephone system names it.")]
    Extension,
    #[error("The day must be in the future, written as 2027-01-31.")]
    Expiry,
}

/// A name on one line, without invisible characters at its ends.
pub fn name(text: &str) -> Result<String, Unfit> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits { Ok(name) } else { Err(Unfit::Name) }
}

/// An address to log in with, in lower case.
pub fn address(text: &str) -> Result<String, Unfit> {
    let address = text.trim().to_lowercase();
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[],;:\\\"@".contains(c);
    let fits = address.len() <= 254
        && address.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && local.chars().all(plain) && domain.chars().all(plain)
        });
    if fits { Ok(address) } else { Err(Unfit::Address) }
}

/// Whether a new password may be used by somebody known under `names` (NIST SP 800-63B section 3.1.1.2).
pub fn password(password: &str, names: &[&str]) -> Result<(), Unfit> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(Unfit::PasswordShort);
    }
    if length > LONGEST {
        return Err(Unfit::PasswordLong);
    }
    let plain = password.to_lowercase();
    let word = plain.trim_matches(|c: char| !c.is_alphabetic());
    let one_character = plain.chars().all(|c| plain.starts_with(c));
    if one_character || COMMON.lines().any(|common| common == plain || (word.len() > 3 && common == word)) {
        return Err(Unfit::PasswordCommon);
    }
    let words = names.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric())).map(str::to_lowercase);
    let mut words: Vec<String> = words.filter(|word| word.chars().count() >= 3).collect();
    // The longest first: what holds another word must not be cut in two by it.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let rest = words.iter().fold(plain.clone(), |rest, word| rest.replace(word.as_str(), ""));
    let own = rest.chars().filter(|c| c.is_alphabetic()).count();
    if rest != plain && own < 4 { Err(Unfit::PasswordNamesYou) } else { Ok(()) }
}

/// A zone of the IANA's list; empty: not known.
pub fn time_zone(name: &str) -> Result<&str, Unfit> {
    let name = name.trim();
    if name.is_empty() {
        return Ok(name);
    }
    jiff::tz::TimeZone::get(name).map(|_| name).map_err(|_| Unfit::TimeZone)
}

/// An extension of the telephone system, as it names it; empty: none.
pub fn extension(text: &str) -> Result<&str, Unfit> {
    let text = text.trim();
    let fits = text.len() <= 50 && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-_.@*#".contains(c));
    if fits { Ok(text) } else { Err(Unfit::Extension) }
}

pub fn signature(text: &str) -> Result<&str, Unfit> {
    if text.chars().count() <= 5000 { Ok(text.trim_end()) } else { Err(Unfit::Signature) }
}

/// A second factor's new secret, in base 32.
pub fn new_totp_secret() -> String {
    totp_rs::Secret::generate_secret().to_encoded().to_string()
}

/// 80 random bits in four groups of four characters.
pub fn new_recovery_code() -> String {
    let letters = new_totp_secret();
    let groups: Vec<&str> = (0..4).filter_map(|i| letters.get(i * 4..i * 4 + 4)).collect();
    groups.join("-")
}

/// A recovery code as it is digested, however it was typed.
pub fn plain_recovery_code(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// The time step whose code this is: now, or one before or after (RFC 6238 section 5.2).
pub fn totp_step(secret: &str, code: &str, now: Timestamp) -> Option<i64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let secret = totp_rs::Secret::Encoded(secret.to_owned()).to_bytes().ok()?;
    let totp = TOTP::new(Algorithm::SHA1, 6, 0, u64::try_from(STEP_S).ok()?, secret).ok()?;
    let current = now.seconds() / STEP_S;
    [current, current - 1, current + 1]
        .into_iter()
        .find(|step| u64::try_from(step * STEP_S).is_ok_and(|at| totp.check(&code, at)))
}

/// What authenticator apps read: `otpauth://totp/…`.
pub fn otpauth_uri(desk: &str, email: &str, secret: &str) -> String {
    let escape =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    let desk = escape(desk);
    format!("otpauth://totp/{desk}:{}?secret={secret}&issuer={desk}&algorithm=SHA1&digits=6&period=30", escape(email))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_that_are_tried_first_are_refused() {
        for weak in
            ["password", "Password1", "qwertyuiop", "12345678", "aaaaaaaaaa", "iloveyou!!", "LETMEIN123", "trustno1"]
        {
            assert_eq!(password(weak, &[]), Err(Unfit::PasswordCommon), "{weak}");
        }
        assert_eq!(password("seven77", &[]), Err(Unfit::PasswordShort));
        assert_eq!(password(&"long ".repeat(200), &[]), Err(Unfit::PasswordLong));
    }

    #[test]
    fn a_password_made_of_the_own_name_is_refused() {
        let names = ["Aoife Ní Bhriain", "aoife@desk.ferrywell.example", "Casedesk"];
        for weak in ["aoife12345", "FerryWell2027!", "bhriain-1988", "casedesk2027"] {
            assert_eq!(password(weak, &names), Err(Unfit::PasswordNamesYou), "{weak}");
        }
        assert_eq!(password("aoife rows a boat", &names), Ok(()));
        assert_eq!(password("zwölf Bäume", &names), Ok(()));
    }

    #[test]
    fn addresses_are_kept_in_lower_case_and_cannot_carry_a_header() {
        assert_eq!(address(" Ann@Example.com ").as_deref(), Ok("ann@example.com"));
        for bad in ["ann", "@example.com", "ann@", "a@b@c", "ann@example.com\nBcc: x@y", "<ann@example.com>", "a,b@c"] {
            assert_eq!(address(bad), Err(Unfit::Address), "{bad}");
        }
    }

    #[test]
    fn a_code_is_good_for_its_step_and_one_to_each_side() {
        let secret = new_totp_secret();
        let bytes = totp_rs::Secret::Encoded(secret.clone()).to_bytes().unwrap();
        let code = TOTP::new(Algorithm::SHA1, 6, 0, 30, bytes).unwrap().generate(3_000);
        assert_eq!(totp_step(&secret, &code, Timestamp::from_seconds(3_000)), Some(100));
        assert_eq!(totp_step(&secret, &code, Timestamp::from_seconds(3_059)), Some(100));
        assert_eq!(totp_step(&secret, &code, Timestamp::from_seconds(2_970)), Some(100));
        assert_eq!(totp_step(&secret, &code, Timestamp::from_seconds(3_061)), None);
        assert_eq!(totp_step(&secret, "", Timestamp::from_seconds(3_000)), None);
    }

    #[test]
    fn a_recovery_code_may_be_typed_in_any_way() {
        let code = new_recovery_code();
        assert_eq!(code.len(), 19);
        assert_eq!(plain_recovery_code(&code), plain_recovery_code(&code.to_lowercase().replace('-', " ")));
    }
}
