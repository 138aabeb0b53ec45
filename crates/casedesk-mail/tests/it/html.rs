//! HTML of strangers.

use casedesk_mail::sanitise;

use crate::support::{collapsed, mail};

const PAYLOADS: &[&str] = &[
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\" java\nscript:alert(1)\">x</a>",
    "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
    "<iframe src=https://evil.example></iframe>",
    "<form action=https://evil.example><input name=password><button>go</button></form>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>body{background:url(https://evil.example)}</style>",
    "<div style=\"position:fixed;top:0;background:url(https://evil.example)\">x</div>",
    "<div style=\"width:1px;background-image:url('https://evil.example')\">x</div>",
    "<meta http-equiv=refresh content=\"0;url=https://evil.example\">",
    "<base href=https://evil.example>",
    "<object data=x></object><embed src=x>",
    "<video src=https://evil.example poster=https://evil.example></video>",
    "<img srcset=\"https://evil.example/1 1x\" src=\"data:image/svg+xml;base64,PHN2Zz4=\">",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<<b>script>alert(1)<</b>/script>",
    "<p title='<img src=x onerror=alert(1)>'>x</p>",
    "<img alt='\"><script>alert(1)</script>' src='https://evil.example/\"onerror=alert(1)'>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
    "<textarea><img title=\"</textarea><img src=x onerror=alert(1)>\"></textarea>",
    "<a href=\"https://x.example\" target=_self rel=opener ping=https://evil.example>x</a>",
    "<td background=https://evil.example>x</td><table background=https://evil.example></table>",
];

#[test]
fn no_payload_leaves_anything_that_runs_submits_or_fetches() {
    for payload in PAYLOADS {
        let safe = sanitise(payload).html;
        let lower = safe.to_lowercase();
        // What stands in an attribute or in the text is escaped; only real tags are looked at.
        for tag in [
            "<script",
            "<svg",
            "<math",
            "<iframe",
            "<form",
            "<input",
            "<button",
            "<link",
            "<style",
            "<meta",
            "<base",
            "<object",
            "<embed",
            "<video",
            "<textarea",
            "<noscript",
        ] {
            assert!(!lower.contains(tag), "{payload}\n{safe}");
        }
        for attribute in [" onerror=\"", " onload=\"", " action=", " srcset=", " background=", " ping=", " poster="] {
            assert!(!lower.contains(attribute), "{payload}\n{safe}");
        }
        for value in ["javascript:", "url(", "data:text", "data:image/svg", "position:", " src=\"http"] {
            assert!(!lower.contains(value), "{payload}\n{safe}");
        }
    }
}

#[test]
fn sanitising_twice_changes_nothing() {
    let richer = [
        "<p>a<p>b<table><td>c",
        "<img src=https://t.example/p.gif width=1>",
        "&lt;script&gt; &amp;amp; \u{a0}",
        "<pre>\n\na</pre>",
        "<a href=mailto:a@b.example>x</a>",
    ];
    for payload in PAYLOADS.iter().chain(&richer) {
        let once = sanitise(payload);
        let twice = sanitise(&once.html);
        assert_eq!(once.html, twice.html, "{payload}");
        assert_eq!(once.has_remote_images, twice.has_remote_images, "{payload}");
    }
}

#[test]
fn a_remote_image_waits_until_it_is_asked_for() {
    let safe = sanitise("<p><img width=\"5\" src=\"https://t.example/p.gif?a=1&b=2\" alt=\"logo\"></p>");
    assert!(safe.has_remote_images);
    assert!(safe.html.contains("data-src=\"https://t.example/p.gif?a=1&amp;b=2\""), "{}", safe.html);
    assert!(safe.html.contains("src=\"data:image/gif;base64,") && safe.html.contains("alt=\"logo\""));
    assert!(!sanitise("<img src=cid:a@b><img src='data:image/png;base64,AAAA'>").has_remote_images);
}

#[test]
fn links_open_outside_without_telling_where_they_come_from() {
    let safe = sanitise("<a href=\"https://x.example/?a=1\">x</a>").html;
    assert!(safe.contains("rel=\"noopener noreferrer nofollow\"") && safe.contains("target=\"_blank\""), "{safe}");
    assert!(!sanitise("<a href=\"ftp://x.example\">x</a>").html.contains("ftp:"));
}

#[test]
fn the_text_of_html_reads_as_the_page_does() {
    let html = "<html><head><title>t</title><style>p{}</style></head><body><p>One &amp; two</p><ul><li>a</li><li>b</li></ul>\
        <table><tr><td>x</td><td>y</td></tr></table>line<br>break<script>no()</script></body></html>";
    let mail = mail(format!("From: a@b.example\nContent-Type: text/html; charset=utf-8\n\n{html}"));
    assert_eq!(mail.body.new_text(), "One & two\n\na\nb\n\nx y\nline\nbreak");
}

fn new_text_of(html: &str) -> String {
    let mail = mail(format!("From: a@b.example\nContent-Type: text/html; charset=utf-8\n\n{html}"));
    collapsed(&mail.body.new_text())
}

#[test]
fn the_history_of_each_mail_program_is_cut_from_html() {
    let shapes = [
        "<div>New</div><div class=\"gmail_quote\"><div class=\"gmail_attr\">On Mon, Ann &lt;a@b.example&gt; wrote:</div><blockquote>old</blockquote></div>",
        "<p>New</p><div><div style=\"border:none;border-top:solid #E1E1E1 1.0pt;padding:3pt 0cm 0cm 0cm\"><p><b>From:</b> Ann<br><b>Sent:</b> Monday<br><b>To:</b> Bob<br><b>Subject:</b> x</p></div></div><p>old</p>",
        "<div>New</div><div id=\"appendonsend\"></div><hr><div id=\"divRplyFwdMsg\"><b>Von:</b> Ann<br><b>Gesendet:</b> Montag<br></div><div>old</div>",
        "<div>New</div><div><br><blockquote type=\"cite\"><div>On 5 Jan 2026, at 10:00, Ann &lt;a@b.example&gt; wrote:</div><div>old</div></blockquote></div>",
        "<p>New</p><div class=\"moz-cite-prefix\">Am 05.01.2026 um 10:00 schrieb Ann:<br></div><blockquote type=\"cite\" cite=\"mid:x\">old</blockquote>",
        "<div>New</div><div class=\"yahoo_quoted\"><div>On Monday, Ann wrote:</div><div>old</div></div>",
        "<div>New</div><div class=\"protonmail_quote\">On Monday, Ann wrote:<br><blockquote class=\"protonmail_quote\">old</blockquote></div>",
        "<div>New</div><div name=\"quote\" style=\"margin:10px 5px\"><div><b>Gesendet:</b> Montag<br><b>Von:</b> Ann<br><b>An:</b> Bob<br><b>Betreff:</b> x</div>old</div>",
    ];
    for shape in shapes {
        assert_eq!(new_text_of(shape), "New", "{shape}");
    }
}

#[test]
fn an_answer_below_the_quote_is_new_in_html_too() {
    let html = "<blockquote type=\"cite\">old</blockquote><div>New below</div>";
    assert!(new_text_of(html).contains("New below"));
}

#[test]
fn a_footer_part_behind_the_html_is_part_of_the_text() {
    let raw = "From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/html\n\n<p>Hi</p>\n--x\n\
        Content-Type: text/plain\n\nsecond <part>\n--x--\n";
    let mail = mail(raw);
    assert_eq!(collapsed(&mail.body.full_text()), "Hi second <part>");
    assert!(mail.body.html.expect("html").contains("second &lt;part&gt;"));
}
