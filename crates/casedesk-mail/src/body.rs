//! The readable body of a mail, cut into what is new and what is history.

/// What a mail says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    /// The whole text in order; nothing is left out.
    pub segments: Vec<Segment>,
    /// Safe HTML: `cid:` images kept, remote images moved to `data-src`.
    pub html: Option<String>,
    /// Whether the HTML wanted images from elsewhere.
    pub has_remote_images: bool,
    /// Which part the text was taken from.
    pub source: BodySource,
}

/// Where the text of a [`Body`] comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BodySource {
    /// A text/plain part.
    Plain,
    /// Text made from a text/html part.
    Html,
    /// There is no text.
    #[default]
    None,
}

/// A run of lines of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// What the lines are.
    pub kind: SegmentKind,
    /// The lines.
    pub text: String,
}

/// What a run of lines is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SegmentKind {
    /// Written for this mail.
    New,
    /// Quoted from an earlier mail, with the line that introduces it.
    Quote,
    /// A forwarded mail.
    Forward,
    /// The writer's signature.
    Signature,
    /// Added by a list, a scanner or a company.
    Footer,
}

impl Body {
    /// What the writer wrote for this mail.
    #[must_use]
    pub fn new_text(&self) -> String {
        self.join(|kind| kind == SegmentKind::New)
    }

    /// What was quoted or forwarded.
    #[must_use]
    pub fn quoted(&self) -> String {
        self.join(|kind| matches!(kind, SegmentKind::Quote | SegmentKind::Forward))
    }

    /// The signature, with footers.
    #[must_use]
    pub fn signature(&self) -> String {
        self.join(|kind| matches!(kind, SegmentKind::Signature | SegmentKind::Footer))
    }

    /// Everything, in order.
    #[must_use]
    pub fn full_text(&self) -> String {
        self.join(|_| true)
    }

    fn join(&self, wanted: impl Fn(SegmentKind) -> bool) -> String {
        let texts: Vec<&str> =
            self.segments.iter().filter(|segment| wanted(segment.kind)).map(|segment| segment.text.as_str()).collect();
        texts.join("\n").trim().to_owned()
    }
}
