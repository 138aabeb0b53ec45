//! How a notice in prose is told from a person's mail: who sends it, what its subject says, what
//! its text says. No single sign is enough.

use crate::address;
use crate::mime::Part;

/// Senders of notices by local part or name. Lower case.
const SENDERS: &[&str] = &[
    "mailer-daemon",
    "mailerdaemon",
    "mail delivery",
    "mail-daemon",
    "maildelivery",
    "postmaster",
    "mail.delivery",
    "mailsystem",
    "mail system",
    "system administrator",
    "delivery subsystem",
    "mdaemon",
    "mail administrator",
    "microsoft outlook",
    "administrator@",
    "bounce-handler",
    "no-reply@mail",
    "internet mail delivery",
    "symantec mail security",
    "post_master",
    "mail deliver",
    "auto-response-noreply",
];

/// Subjects of notices, in the languages of mail servers. Lower case.
const SUBJECTS: &[&str] = &[
    "undeliverable",
    "undelivered",
    "undeliver",
    "returned mail",
    "return mail",
    "returned to sender",
    "returning to sender",
    "returning message to sender",
    "delivery failure",
    "delivery failed",
    "delivery has failed",
    "delivery status",
    "failure notice",
    "failure delivery",
    "delivery notification",
    "delivery report",
    "delivery error",
    "mail failure",
    "mail system error",
    "mail delivery",
    "message delivery",
    "not delivered",
    "non delivery",
    "nondelivery",
    "non-delivery",
    "could not be delivered",
    "couldn't be delivered",
    "cannot be delivered",
    "unable to deliver",
    "undeliverable mail",
    "delivery problem",
    "message you sent",
    "rejected:",
    "mail error",
    "message bounced",
    "bounced mail",
    "delayed",
    "warning: could not send",
    "warning: message",
    "still being retried",
    "user unknown",
    // RFC 5321 section 6.3: servers and lists refuse what comes round again.
    "loop alert",
    "mail loop",
    "loop detected",
    "invalid mail address",
    "mail could not",
    "error sending",
    "failed mail",
    "failed message",
    "mail rejected",
    "email rejected",
    "delivery subsystem",
    "e-mail not delivered",
    "permanent delivery failure",
    "unzustellbar",
    "nicht zustellbar",
    "zustellung fehlgeschlagen",
    "zustellfehler",
    "zurückgesendet",
    "non remis",
    "non délivré",
    "échec de la remise",
    "échec de remise",
    "échec de distribution",
    "no se puede entregar",
    "no se ha podido entregar",
    "no entregado",
    "devuelto",
    "error de entrega",
    "não foi possível entregar",
    "não entregue",
    "mensagem devolvida",
    "não é possível entregar",
    "recapito non riuscito",
    "non recapitabile",
    "impossibile recapitare",
    "mancata consegna",
    "onbestelbaar",
    "niet bezorgd",
    "kan inte levereras",
    "kunde inte levereras",
    "kan ikke leveres",
    "toimitus epäonnistui",
    "nie można dostarczyć",
    "niedostarczona",
    "nedoručiteln",
    "недоставлен",
    "не доставлен",
    "невозможно доставить",
    "не удалось доставить",
    "ошибка доставки",
    "teslim edilemedi",
    "iletilemedi",
    "配信不能",
    "送信できません",
    "配送失敗",
    "メールエラー",
    "エラー通知",
    "配信エラー",
    "送信エラー",
    "配達できません",
    "退信",
    "退回",
    "无法投递",
    "无法送达",
    "无法传递",
    "無法傳遞",
    "投递失败",
    "系统退信",
    "반송",
    "배달되지 않",
    "전송 실패",
];

/// What notices say. Lower case.
const TEXTS: &[&str] = &[
    "could not be delivered",
    "couldn't be delivered",
    "cannot be delivered",
    "can't be delivered",
    "can not be delivered",
    "could not deliver",
    "couldn't deliver",
    "cannot deliver",
    "unable to deliver",
    "was not delivered",
    "wasn't delivered",
    "were not delivered",
    "not been delivered",
    "has not been delivered",
    "wasn't able to deliver",
    "was not able to deliver",
    "not able to be delivered",
    "did not reach the following",
    "undeliverable",
    "undelivered",
    "delivery failed",
    "delivery to the following",
    "delivery has failed",
    "delivery failure",
    "permanent fatal errors",
    "transient non-fatal errors",
    "transcript of session",
    "permanent failure",
    "permanent error",
    "message was rejected",
    "had delivery problems",
    "delivery problems",
    "following address failed",
    "following address(es) failed",
    "following recipients failed",
    "address(es) failed",
    "did not receive this message",
    "returned to sender",
    "user unknown",
    "unknown user",
    "no such user",
    "mailbox is full",
    "mailbox full",
    "could not be sent",
    "could not be processed",
    "unrouteable address",
    "duplicated message-id",
    "duplicate message-id",
    "mail loop detected",
    "mail loops back",
    "too many hops",
    "failed to deliver",
    "message not delivered",
    "recipient(s) could not be reached",
    "cannot be reached",
    "smtp error from remote",
    "remote host said",
    "failed permanently",
    "error occurred while trying to deliver",
    "undeliverable to the following",
    "retry timeout exceeded",
    "this message has been delayed",
    "message delayed",
    "not yet been delivered",
    "has been rejected",
    "blocked by our",
    "giving up on",
    "said: 5",
    "doesn't have a",
    "no valid recipients",
    "invalid user address",
    "unknown host",
    "unreachable for too long",
    "reason for the failure",
    "following recipient",
    "unable to accept your mail",
    "mail box full",
    "nicht zugestellt werden",
    "konnte nicht zugestellt",
    "n'a pas pu être",
    "échec de la remise",
    "no se pudo entregar",
    "no pudo ser entregado",
    "não pôde ser entregue",
    "non è stato possibile",
    "не может быть доставлено",
    "не удалось доставить",
    "送信できません",
    "配信できません",
    "届けることができません",
    "無法傳遞",
    "无法投递",
    "无法送达",
    "未能送达",
];

/// Subjects and texts of notices that the server still tries. Lower case.
const DELAYS: &[&str] = &[
    "delayed",
    "still being retried",
    "will be retried",
    "will keep trying",
    "will try again",
    "continue to try",
    "you do not need to resend",
    "do not need to resend",
    "no action is required on your part",
    "warning: could not send message for past",
    "not yet been delivered",
    "transient non-fatal errors",
    "delivery attempts will continue",
];

/// Parts of addresses behind which no person writes: robots, and the offices of mailing lists
/// (RFC 2142 section 6). Lower case.
const ROBOTS: &[&str] = &[
    "no-reply",
    "noreply",
    "no_reply",
    "donotreply",
    "do-not-reply",
    "daemon@",
    "root@",
    "mailer@",
    "smtp@",
    "listserv@",
    "majordomo@",
    "mailman@",
    "owner-",
    "-owner@",
    "-admin@",
    "-request@",
    "-bounces@",
];

/// What speaks for a notice.
pub(crate) struct Signs {
    sender: bool,
    /// A machine may have sent it, though not as a mail server.
    machine: bool,
    subject: bool,
    text: bool,
    failed_field: bool,
    report_type: bool,
    /// It speaks of a delay, not of a failure.
    pub(crate) delayed: bool,
}

impl Signs {
    /// Two signs of three, or a field that only such notices have. Subject and text alone do not
    /// do where a person may have written them: people ask for help with mail that came back, and
    /// with parcels.
    pub(crate) fn is_notice(&self) -> bool {
        let by_server = self.sender && (self.subject || self.text);
        let by_machine = self.machine && self.subject && self.text;
        self.failed_field || self.report_type || by_server || by_machine
    }

    /// It is a notice even when no recipient can be read out of it.
    pub(crate) fn is_certain(&self) -> bool {
        self.failed_field || self.report_type || (self.sender && self.subject && self.text)
    }
}

/// Looks for the signs.
pub(crate) fn read(root: &Part<'_>, subject: &str, text: &str) -> Signs {
    let headers = &root.headers;
    let from = headers.text("From").unwrap_or_default().to_lowercase();
    let return_path = headers.structured("Return-Path").unwrap_or_default().to_lowercase();
    let null_path = headers.has("Return-Path") && address::parse_list(&return_path).is_empty();
    let subject = subject.to_lowercase();
    // A person's answer or forward carries a mark in front.
    let own_words = crate::evidence::base_subject(&subject).len() == subject.trim().len();
    let notice: String = super::notice::split(text).0.chars().take(6_000).collect::<String>().to_lowercase();
    let has = |list: &[&str], text: &str| list.iter().any(|known| text.contains(known));
    let report_type = root.is("multipart/report")
        && root.content_type.get("report-type").is_some_and(|kind| kind.eq_ignore_ascii_case("delivery-status"));
    Signs {
        sender: has(SENDERS, &from) || null_path || return_path.contains("mailer-daemon"),
        machine: has(ROBOTS, &from) || headers.has("X-MLServer") || is_automatic(root),
        subject: own_words && has(SUBJECTS, &subject),
        text: has(TEXTS, &notice),
        failed_field: headers.has("X-Failed-Recipients"),
        report_type,
        delayed: has(DELAYS, &subject)
            || (has(DELAYS, &notice) && !notice.contains("permanent") && !has(&["failed", "failure"], &subject)),
    }
}

/// RFC 3834 section 5.
fn is_automatic(root: &Part<'_>) -> bool {
    root.headers.text("Auto-Submitted").is_some_and(|value| !value.to_lowercase().starts_with("no"))
}
