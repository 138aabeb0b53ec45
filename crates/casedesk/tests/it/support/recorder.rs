//! An intake that remembers what it was given, and fails as it is told to.
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use casedesk::mail::Source;
use casedesk::mail::handover::{Intake, NotStored};

/// How the next messages fare.
#[derive(Clone, Debug, Default)]
pub(crate) enum Mood {
    #[default]
    Well,
    Full,
    Broken,
    /// Broken for messages that contain this.
    Dislikes(String),
    /// Never answers.
    Hangs,
}

#[derive(Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    mood: Mood,
    messages: Vec<Message>,
    keys: BTreeSet<String>,
    again: usize,
    tries: usize,
    oversized: Vec<(String, u64)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) raw: String,
}

impl Recorder {
    pub(crate) fn mood(&self, mood: Mood) {
        self.0.lock().unwrap().mood = mood;
    }

    pub(crate) fn messages(&self) -> Vec<Message> {
        self.0.lock().unwrap().messages.clone()
    }

    /// The raw messages, in the order they came.
    pub(crate) fn raw(&self) -> Vec<String> {
        self.messages().into_iter().map(|message| message.raw).collect()
    }

    pub(crate) fn count(&self) -> usize {
        self.0.lock().unwrap().messages.len()
    }

    /// How often a message came that was there already.
    pub(crate) fn again(&self) -> usize {
        self.0.lock().unwrap().again
    }

    pub(crate) fn tries(&self) -> usize {
        self.0.lock().unwrap().tries
    }

    pub(crate) fn oversized(&self) -> Vec<(String, u64)> {
        self.0.lock().unwrap().oversized.clone()
    }
}

impl Intake for Recorder {
    async fn take_in(&self, source: Source<'_>, raw: Bytes) -> Result<(), NotStored> {
        let mood = {
            let mut kept = self.0.lock().unwrap();
            kept.tries += 1;
            kept.mood.clone()
        };
        let raw = String::from_utf8_lossy(&raw).into_owned();
        match mood {
            Mood::Hangs => std::future::pending().await,
            Mood::Full => return Err(NotStored::Full),
            Mood::Broken => return Err(NotStored::Failed("it is broken".into())),
            Mood::Dislikes(text) if raw.contains(&text) => return Err(NotStored::Failed("it is disliked".into())),
            Mood::Well | Mood::Dislikes(_) => {}
        }
        let mut kept = self.0.lock().unwrap();
        let (from, to) = match source {
            Source::Listener { envelope_from, envelope_to, .. } => (envelope_from.to_owned(), envelope_to.to_vec()),
            Source::Imap { .. } => {
                if !kept.keys.insert(format!("{source:?}")) {
                    kept.again += 1;
                    return Ok(());
                }
                (String::new(), Vec::new())
            }
            _ => (String::new(), Vec::new()),
        };
        kept.messages.push(Message { from, to, raw });
        Ok(())
    }

    async fn note_oversized(&self, _: Source<'_>, headers: Bytes, size: u64) -> Result<(), NotStored> {
        self.0.lock().unwrap().oversized.push((String::from_utf8_lossy(&headers).into_owned(), size));
        Ok(())
    }
}
