//! The header block that mail programs write above the mail they answer or forward.

use super::Line;

/// A longer run of such lines is no header block.
const MAX_BLOCK: usize = 40;
/// Recipients may be wrapped over this many lines.
const MAX_WRAPPED: usize = 6;

/// What a line of the block names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    /// The writer.
    From,
    /// When it was written.
    Date,
    /// To and Cc.
    Recipient,
    /// The subject.
    Subject,
}

const FROM: &[&str] = &[
    "from",
    "von",
    "de",
    "da",
    "van",
    "från",
    "fra",
    "lähettäjä",
    "od",
    "nadawca",
    "от",
    "від",
    "kimden",
    "gönderen",
    "差出人",
    "发件人",
    "寄件者",
    "寄件人",
    "보낸 사람",
    "보낸사람",
    "מאת",
    "من",
    "feladó",
    "de la",
    "expéditeur",
];
const DATE: &[&str] = &[
    "date",
    "sent",
    "datum",
    "gesendet",
    "envoyé",
    "envoyé le",
    "enviado",
    "enviado el",
    "enviada em",
    "enviado em",
    "fecha",
    "data",
    "inviato",
    "verzonden",
    "skickat",
    "dato",
    "sendt",
    "lähetetty",
    "päivämäärä",
    "päiväys",
    "wysłano",
    "data wysłania",
    "odesláno",
    "отправлено",
    "дата",
    "надіслано",
    "дата отправки",
    "gönderildi",
    "tarih",
    "gönderme tarihi",
    "送信日時",
    "日付",
    "日時",
    "发送时间",
    "日期",
    "寄件日期",
    "傳送時間",
    "보낸 날짜",
    "날짜",
    "תאריך",
    "נשלח",
    "تاريخ الإرسال",
    "التاريخ",
    "تم الإرسال",
    "elküldve",
    "trimis",
    "envoye",
];
const RECIPIENT: &[&str] = &[
    "to",
    "cc",
    "bcc",
    "an",
    "à",
    "para",
    "a",
    "aan",
    "till",
    "til",
    "vastaanottaja",
    "kopio",
    "kopia",
    "do",
    "komu",
    "kopie",
    "кому",
    "копия",
    "копія",
    "kime",
    "bilgi",
    "宛先",
    "收件人",
    "收件者",
    "抄送",
    "副本",
    "받는 사람",
    "받는사람",
    "참조",
    "אל",
    "עותק",
    "إلى",
    "نسخة",
    "címzett",
    "către",
    "c.c.",
    "cópia",
    "copie à",
    "destinataire",
    "reply-to",
    "antwort an",
    "importance",
    "wichtigkeit",
    "attachments",
];
const SUBJECT: &[&str] = &[
    "subject",
    "betreff",
    "objet",
    "asunto",
    "oggetto",
    "assunto",
    "onderwerp",
    "ämne",
    "emne",
    "aihe",
    "temat",
    "předmět",
    "тема",
    "konu",
    "件名",
    "主题",
    "主旨",
    "제목",
    "נושא",
    "الموضوع",
    "tárgy",
    "subiect",
    "risposta",
];

/// The label and the value of one line of a header block.
pub(crate) fn field(line: &str) -> Option<(Label, &str)> {
    let line = line.trim();
    let colon = line.find([':', '：'])?;
    let (label, value) = line.split_at(colon);
    let label = label.trim_matches(|c: char| c == '*' || c == '_' || c.is_whitespace());
    if label.is_empty() || label.chars().count() > 24 {
        return None;
    }
    let lower = label.to_lowercase();
    let kinds = [(FROM, Label::From), (DATE, Label::Date), (RECIPIENT, Label::Recipient), (SUBJECT, Label::Subject)];
    let (_, label) = kinds.into_iter().find(|(names, _)| names.contains(&lower.as_str()))?;
    let value = value.trim_start_matches([':', '：']).trim_start_matches('*').trim();
    Some((label, value))
}

/// The end of a header block that begins at this line: a From line and at least two others, or
/// one other that follows directly below a From line with an address.
pub(crate) fn block_at(lines: &[Line], start: usize) -> Option<usize> {
    field(&lines.get(start)?.text)?;
    let mut seen: Vec<Label> = Vec::new();
    let mut wrapped = 0;
    let mut end = start;
    for line in lines.iter().skip(start).take(MAX_BLOCK) {
        match field(&line.text) {
            Some((label, _)) => {
                wrapped = 0;
                if !seen.contains(&label) {
                    seen.push(label);
                }
            }
            None if seen.last() == Some(&Label::Recipient) && wrapped < MAX_WRAPPED && line.text.contains('@') => {
                wrapped += 1;
            }
            None => break,
        }
        end += 1;
    }
    (seen.contains(&Label::From) && seen.len() >= 3).then_some(end)
}
