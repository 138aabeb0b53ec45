//! What an erasure takes away and what it leaves, as the page lists it before anything happens.

/// How much there is of each thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    pub addresses: i64,
    pub numbers: i64,
    /// Lines that they wrote or said, on any case.
    pub messages: i64,
    pub files: i64,
    pub calls: i64,
    /// Private links to cases.
    pub links: i64,
    /// Forms for installation details.
    pub forms: i64,
    pub sessions: i64,
    /// Installation details that they gave.
    pub given: i64,
    /// Quotes that were not accepted.
    pub quotes: i64,
    pub accepted: i64,
}

/// How many cases have something of theirs, and on how many of those somebody else outside takes part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cases {
    pub all: i64,
    pub shared: i64,
}

/// A line of the list: what, how much of it, and what becomes of it or why it stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub what: &'static str,
    /// Empty where there is nothing to count.
    pub counted: String,
    pub how: String,
}

fn item(what: &'static str, counted: impl Into<String>, how: impl Into<String>) -> Item {
    Item { what, counted: counted.into(), how: how.into() }
}

/// What goes, in words for the one who decides.
pub fn goes(counts: Counts, cases: Cases, contacts: usize) -> Vec<Item> {
    let contacts = i64::try_from(contacts).unwrap_or(i64::MAX);
    let who = format!(
        "{}, {}, {}",
        counted(contacts, "contact"),
        counted_as(counts.addresses, "address", "addresses"),
        counted(counts.numbers, "number")
    );
    let wrote = format!("{}, {}", counted(counts.messages, "message"), counted(counts.files, "file"));
    let forms = format!("{}, {}", counted(counts.links, "link"), counted(counts.forms, "form"));
    vec![
        item(
            "Who they are",
            who,
            "Name, mail addresses, telephone numbers, our note, and the contact itself, with those that were merged into it.",
        ),
        item(
            "What they wrote",
            wrote,
            "The words, the source and the files of their messages, on every case; what the search finds of them.",
        ),
        item(
            "Cases that are about nobody else",
            counted(cases.all - cases.shared, "case"),
            "Subject, replies, notes, drafts and verdicts too, with the mail as it was sent. Number, days, states and who \
             of us worked on it stay.",
        ),
        item(
            "Quotes that were not accepted",
            counted(counts.quotes, "version"),
            "Title, words, lines, names, reasons and the paper. What was not answered is withdrawn. Number, sum and days stay.",
        ),
        item("Calls", counted(counts.calls, "call"), "Summary, number, and the questions whether it was so."),
        item(
            "Forms and links",
            forms,
            "Messages of the form that wait for a look, private links to their cases, and the forms for installation details \
             with what stands in them and files that are still coming.",
        ),
        item(
            "Their pages",
            counted(counts.sessions, "session"),
            "Sessions and mailed links of the customers’ pages; they are logged out at once.",
        ),
        item(
            "Installation details that they gave",
            counted(counts.given, "value"),
            "Value and wording of each one. What others said of the same installation stays.",
        ),
        item(
            "What was prepared for others",
            "",
            "Waiting and kept webhook messages about their cases, jobs and mails to their addresses, files of customers that \
             wait to be taken over and name them.",
        ),
        item(
            "What merges remember",
            "",
            "What they were called before, and what was moved. Such a merge is not undone any more.",
        ),
        item("Archives", "", "Exports about them that can still be downloaded."),
    ]
}

/// What the bookkeeping needs of an organisation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub contracts: i64,
    /// Quotes that were accepted.
    pub quotes: i64,
}

impl Kept {
    /// Whether the organisation itself has to stay, with its name.
    pub fn keeps_organisation(self) -> bool {
        self.contracts + self.quotes > 0
    }
}

/// What stays, and why. `kept` is nothing of a person.
pub fn stays(counts: Counts, cases: Cases, kept: Kept) -> Vec<Item> {
    let mut items = vec![item(
        "Quotes that were accepted",
        counted(counts.accepted, "version"),
        "Bookkeeping has to show what was agreed, with whom and by whom: the quote with its paper, the name and address that \
         it was made out to, and who accepted it.",
    )];
    if kept.contracts > 0 {
        items.push(item("Contracts", counted(kept.contracts, "contract"), "Bookkeeping has to show them."));
    }
    if kept.keeps_organisation() {
        items.push(item("The organisation’s name", "", "The contracts and the accepted quotes are with it."));
    }
    items.push(item(
        "Other people’s messages",
        counted(cases.shared, "shared case"),
        "They are those people’s own. On the same case the name and the addresses are replaced, quoted text goes, and so does \
         the mail as it was sent. Words of theirs that somebody repeated in their own text cannot be told apart.",
    ));
    items.extend(ALWAYS.map(|(what, why)| item(what, "", why)));
    items
}

/// What stays of everybody.
const ALWAYS: [(&str, &str); 7] = [
    (
        "A person’s organisation",
        "Its name and mail domains are the organisation’s. Where they are the person’s own, erase the organisation instead.",
    ),
    (
        "The name on cases they took no part in",
        "Only addresses and numbers are looked for there, and in the files of other organisations: others are called the same.",
    ),
    (
        "The audit log",
        "It proves who of us did what, this erasure among it. It names a contact by number; lines that were \
         written when the file was changed may have the name or the address.",
    ),
    (
        "That there was a case, a message, a call",
        "Figures and the numbers of cases rest on it. No words are left in it.",
    ),
    (
        "Digests of erased mail",
        "So that a message which the mailbox or an import hands over again stays erased. They cannot be read back.",
    ),
    (
        "What is told anew",
        "A mail that they write from now on, or a sheet of customers that somebody takes over and that names them, is new.",
    ),
    (
        "Backups",
        "They keep everything until they age out. Restored from one, the desk has it all again: erase once more then. Pages \
         of the database that are free again, and its log, are written over in the course of time.",
    ),
];

fn counted(count: i64, what: &str) -> String {
    counted_as(count, what, &format!("{what}s"))
}

fn counted_as(count: i64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organisation_stays_while_the_bookkeeping_names_it() {
        let named = |kept: Kept| {
            let items = stays(Counts::default(), Cases::default(), kept);
            items.iter().any(|item| item.what == "The organisation’s name")
        };
        assert!(!named(Kept::default()));
        assert!(named(Kept { contracts: 2, quotes: 0 }));
        assert!(named(Kept { contracts: 0, quotes: 1 }));
    }

    #[test]
    fn the_list_counts_what_goes_and_what_stays() {
        let counts = Counts { addresses: 2, messages: 1, accepted: 3, ..Counts::default() };
        let cases = Cases { all: 5, shared: 2 };
        let said: Vec<String> = goes(counts, cases, 1).into_iter().map(|item| item.counted).collect();
        assert_eq!(said[0], "1 contact, 2 addresses, 0 numbers");
        assert_eq!(said[1], "1 message, 0 files");
        assert_eq!(said[2], "3 cases");
        let said = stays(counts, cases, Kept::default());
        assert_eq!((said[0].counted.as_str(), said[1].counted.as_str()), ("3 versions", "2 shared cases"));
    }
}
