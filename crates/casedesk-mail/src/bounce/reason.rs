//! Understanding why a mail was not delivered: from the words of servers, then from codes.

use super::Permanence;

/// What was understood.
pub(crate) struct Understood {
    pub(crate) permanence: Permanence,
    pub(crate) words: &'static str,
    /// A more telling code than the report's own.
    pub(crate) status: Option<String>,
}

/// Words of servers and what they mean. "Mailbox unavailable" is not among them: RFC 5321 section
/// 4.2.3 gives it for every 550, a refusal by policy included. Earlier entries win, because a full mailbox is often
/// reported as an unavailable one, and a blocked sender as an unknown user.
const WORDS: &[(Permanence, &str, &[&str])] = &[
    (
        Permanence::Soft,
        "the mailbox is full",
        &[
            "mailbox full",
            "mailbox is full",
            "mail box full",
            "mailbox size limit",
            "over quota",
            "overquota",
            "quota exceeded",
            "exceeded quota",
            "exceeds quota",
            "exceeded storage",
            "exceeded its quota",
            "over its quota",
            "quota is exceeded",
            "out of storage",
            "quota full",
            "storage full",
            "full mailbox",
            "mailbox has exceeded",
            "user has exhausted",
            "too much mail",
            "mailbox quota",
            "disk quota",
            "over the limit",
            "account is full",
            "容量",
            "is full",
            "not enough storage space in",
        ],
    ),
    (
        Permanence::Soft,
        "the mail was too large",
        &[
            "too large",
            "too big",
            "size limit",
            "exceeds maximum",
            "exceeds the maximum",
            "message size",
            "maximum size",
            "size exceeds",
            "exceeded the maximum",
        ],
    ),
    (
        Permanence::Soft,
        "the mail was taken for spam or its content was refused",
        &[
            "spam",
            "unsolicited",
            "ube,",
            "content rejected",
            "message content",
            "virus",
            "bulk email filter",
            "phish",
            "suspicious",
            "looks like bulk",
        ],
    ),
    (
        Permanence::Soft,
        "our server or address is blocked there",
        &[
            "blacklist",
            "blocked",
            "block list",
            "blocklist",
            "rbl",
            "spamhaus",
            "poor reputation",
            "reputation",
            "reverse dns",
            "ptr record",
            "rdns",
            "not allowed to send",
            "access denied",
            "banned",
            "client host rejected",
            "too many connections",
            "rate limit",
            "temporarily deferred",
            "too many messages",
            "greylist",
            "graylist",
        ],
    ),
    (
        Permanence::Soft,
        "their policy refused the mail",
        &[
            "policy",
            "dmarc",
            "spf",
            "dkim",
            "unauthenticated",
            "authentication required",
            "not authorized",
            "not authorised",
            "sender rejected",
            "sender address rejected",
            "sender denied",
            "sender domain",
            "domain of sender",
            "permission",
            "authentication",
            "requirements",
            "administrative prohibition",
            "relay",
            "relaying",
            "restricted",
            "prohibited",
            "security",
            "starttls",
            "encryption",
            "5.1.8",
            "5.1.7",
            "bad sender",
            "sender verify",
            "not accept mail from",
            "refused",
        ],
    ),
    (
        Permanence::Soft,
        "the mailbox is suspended",
        &[
            "disabled",
            "suspended",
            "inactive",
            "not active",
            "deactivated",
            "discontinued",
            "temporarily unavailable",
            "temporarily locked",
            "account expired",
            "frozen",
        ],
    ),
    (
        Permanence::Hard,
        "the host or domain is unknown",
        &[
            "host unknown",
            "unknown host",
            "host not found",
            "domain not found",
            "no such domain",
            "unknown domain",
            "domain does not exist",
            "name service error",
            "name or service not known",
            "unrouteable",
            "unroutable",
            "dns error",
            "nxdomain",
            "host or domain name not found",
            "couldn't find any host",
            "no route to host by that name",
            "domain name not found",
            "invalid domain",
            "bad destination mailbox address",
            "no mx",
            "illegal host/domain",
            "all relevant mx records point to non-existent hosts",
            "an mx record",
            "domain is not reachable",
            "no mx found",
            "lookup failed",
            "cannot find your hostname",
        ],
    ),
    (
        Permanence::Hard,
        "the mailbox has moved",
        &[
            "has moved",
            "mailbox moved",
            "moved to",
            "has been replaced by",
            "5.1.6",
            "new address",
            "is no longer valid; the new",
        ],
    ),
    (
        Permanence::Hard,
        "the host takes no mail",
        &[
            "does not accept mail",
            "does not accept any mail",
            "null mx",
            "nullmx",
            "not accept e-mail",
            "doesn't accept mail",
            "smtp protocol",
            "do not accept mail",
            "mail receiving disabled",
            "invalid mx record",
            "doesn't handle mail",
        ],
    ),
    (
        Permanence::Hard,
        "the address is unknown",
        &[
            "user unknown",
            "unknown user",
            "no such user",
            "no such recipient",
            "no such mailbox",
            "no such address",
            "no such person",
            "unknown or illegal",
            "user not found",
            "recipient not found",
            "recipnotfound",
            "recipientnotfound",
            "recipient unknown",
            "unknown recipient",
            "unknown address",
            "address unknown",
            "unknown account",
            "unknown mailbox",
            "unknown local",
            "mailbox not found",
            "mailbox unknown",
            "mailbox does not exist",
            "account does not exist",
            "does not exist",
            "doesn't exist",
            "not exist",
            "not listed in",
            "invalid recipient",
            "invalid mailbox",
            "invalid user",
            "illegal alias",
            "bad address",
            "bad recipient",
            "recipient address rejected",
            "recipient rejected",
            "no mailbox here",
            "no mailbox",
            "not a valid",
            "not our customer",
            "doesn't have a",
            "does not have a",
            "not known",
            "is not recognized",
            "not recognised",
            "no account",
            "no user",
            "not a known user",
            "does not like recipient",
            "couldn't be found",
            "could not be found",
            "wasn't found",
            "was not found",
            "not found",
            "見つかりません",
            "not listed",
            "introuvable",
            "nicht gefunden",
            "no longer available",
            "no longer valid",
            "no longer exists",
            "not in directory",
            "nosuchuser",
            "user doesn't",
            "unknown",
            "no thank you rejected: account unavailable",
            "this account is not available",
            "mailbox name not allowed",
            "is not a valid mailbox",
            "mailbox not present",
            "rejected recipient",
            "no valid recipients",
            "user does not",
        ],
    ),
    (
        Permanence::Soft,
        "it could not be delivered in time",
        &[
            "timed out",
            "timeout",
            "time out",
            "expired",
            "too long",
            "retry",
            "delayed",
            "not responding",
            "connection refused",
            "could not connect",
            "unreachable",
            "deferred",
            "try again",
            "temporary",
            "connection",
        ],
    ),
    (
        Permanence::Soft,
        "their server had a fault",
        &[
            "system error",
            "server error",
            "local error",
            "i/o error",
            "internal error",
            "configuration",
            "loop",
            "disk full",
            "insufficient",
            "out of memory",
            "cannot open",
        ],
    ),
];

/// Says what went wrong. `texts` come from near to far: what the server said, what the notice
/// says of the recipient, the whole notice. A code of the server outweighs the farther texts.
pub(crate) fn understand(texts: &[&str], reported: Option<&str>) -> Understood {
    let said = texts.first().copied().unwrap_or_default();
    let code = texts
        .iter()
        .filter_map(|text| status_code(text))
        .find(|code| is_telling(code))
        .or_else(|| reported.filter(|code| is_telling(code)).map(str::to_owned));
    let (permanence, words) = by_words(said)
        .or_else(|| texts.get(1).and_then(|near| by_words(near)))
        .or_else(|| code.as_deref().and_then(by_code))
        .or_else(|| texts.get(2).and_then(|notice| by_words(notice)))
        .or_else(|| reported.and_then(by_code))
        .unwrap_or((Permanence::Soft, "the mail could not be delivered"));
    Understood { permanence, words, status: code }
}

/// Whether a server's reply shows that an address which it calls unknown is there, or may work
/// later. `near` is what the notice says of the recipient.
///
/// - RFC 3463 section 2: class 4 is transient, also when the sender's server gave up in the end.
/// - RFC 5321 section 3.3: a server that took the recipient and refuses the mail once it has seen
///   it refuses the mail. Only X.1.Z still speaks of the address then, from servers that look it
///   up late.
/// - RFC 3463 section 3.3: X.2.Z is about a mailbox that exists. Many servers give it for any
///   unknown user, so it counts only where they had been sent DATA; that alone says little, as
///   the reply may be to a recipient sent along with it (RFC 2920).
pub(crate) fn denies_unknown(said: &str, near: &str, notice: &str) -> bool {
    let reply = if said.is_empty() { near } else { said };
    let code = status_code(reply);
    let has = |start: &str| code.as_deref().is_some_and(|code| code.starts_with(start));
    let any = |text: &str, words: &[&str]| {
        let lower = text.to_lowercase();
        words.iter().any(|word| lower.contains(word))
    };
    let refused_mail = any(near, AFTER_DATA) && any(reply, USERS) && !has("5.1.");
    has("4.") || refused_mail || (has("5.2.") && any(notice, WITH_DATA))
}

/// How mail programs say that the other server refused once it had the whole mail. Lower case.
const AFTER_DATA: &[&str] = &["in reply to end of data", "after end of data", "response to end of data"];

/// How transcripts show that it refused when DATA had been sent. Lower case.
const WITH_DATA: &[&str] = &[">>> data\n<<< 5", "in reply to data", "in reply to end of data", "after end of data"];

/// What a reply is about that is not about a domain. Lower case.
const USERS: &[&str] = &["user", "recipient", "mailbox", "account", "address"];

/// Japanese mobile carriers answer "user unknown" without naming the address when the
/// subscriber's filter refuses a mail that was already sent.
pub(crate) fn is_filter_of_carrier(said: &str, address: &str) -> bool {
    const CARRIERS: [&str; 6] =
        ["ezweb.ne.jp", "au.com", "docomo.ne.jp", "softbank.ne.jp", "i.softbank.jp", "ymobile.ne.jp"];
    address.rsplit_once('@').is_some_and(|(_, domain)| CARRIERS.contains(&domain) && !said.contains(address))
}

fn by_words(text: &str) -> Option<(Permanence, &'static str)> {
    let lower = text.to_lowercase();
    WORDS
        .iter()
        .find(|(_, _, words)| words.iter().any(|word| lower.contains(word)))
        .map(|(permanence, meaning, _)| (*permanence, *meaning))
}

/// RFC 3463 and the codes registered since.
fn by_code(status: &str) -> Option<(Permanence, &'static str)> {
    if status.starts_with('4') {
        return Some((Permanence::Soft, "it could not be delivered yet"));
    }
    Some(match status.strip_prefix("5.")? {
        "1.1" | "1.0" | "1.3" | "1.4" => (Permanence::Hard, "the address is unknown"),
        "1.2" | "4.4" => (Permanence::Hard, "the host or domain is unknown"),
        "1.6" => (Permanence::Hard, "the mailbox has moved"),
        "1.10" => (Permanence::Hard, "the host takes no mail"),
        "2.0" | "2.1" => (Permanence::Soft, "the mailbox does not take mail now"),
        "2.2" => (Permanence::Soft, "the mailbox is full"),
        "2.3" | "3.4" => (Permanence::Soft, "the mail was too large"),
        "4.1" | "4.7" | "4.2" => (Permanence::Soft, "it could not be delivered in time"),
        code if code.starts_with("7.") => (Permanence::Soft, "their policy refused the mail"),
        _ => return None,
    })
}

/// `5.0.0` and the like say no more than that it failed.
fn is_telling(status: &str) -> bool {
    !status.ends_with(".0.0")
}

/// The first enhanced status code in a text.
pub(crate) fn status_code(text: &str) -> Option<String> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '#' | '[' | ']' | ':' | ';' | ',' | '-' | '<'))
        .map(|word| word.trim_matches('.'))
        .find(|word| is_status(word))
        .map(str::to_owned)
}

fn is_status(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    let [class, subject, detail] = parts.as_slice() else {
        return false;
    };
    let digits = |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    matches!(*class, "2" | "4" | "5") && digits(subject) && digits(detail)
}

/// Whether a line holds an SMTP reply code of failure.
pub(crate) fn has_reply_code(line: &str) -> bool {
    line.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| word.len() == 3 && word.starts_with(['4', '5']) && word.bytes().all(|byte| byte.is_ascii_digit()))
}
