//! Small samples of log files, and what is to be said of them.
use casedesk_details::logs::{Content, Encoding, Format, Report, Sniffer, Zone};

fn sniff(bytes: &[u8]) -> Report {
    let mut sniffer = Sniffer::new();
    sniffer.feed(bytes);
    sniffer.finish()
}

fn named(name: &str) -> Zone {
    Zone::Named(name.into())
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of samples")]
fn each_format_is_known_with_its_zone_and_its_first_and_last_stamp() {
    let samples: Vec<(&str, Format, Zone, &str, &str)> = vec![
        (
            "2024-05-01T12:00:00Z start\n2024-05-01T12:00:05Z stop\n",
            Format::Iso8601,
            Zone::Utc,
            "2024-05-01T12:00:00Z",
            "2024-05-01T12:00:05Z",
        ),
        (
            "[2024-05-01T12:00:00.123+02:00] start\n[2024-05-02T00:00:05.001+02:00] stop\n",
            Format::Iso8601,
            Zone::Offset(120),
            "2024-05-01T12:00:00.123+02:00",
            "2024-05-02T00:00:05.001+02:00",
        ),
        (
            "2024-05-01 12:00:00 -0330 login\n2024-05-01 12:10:00 -0330 logout",
            Format::IsoWithSpace,
            Zone::Offset(-210),
            "2024-05-01 12:00:00 -0330",
            "2024-05-01 12:10:00 -0330",
        ),
        (
            "2024-05-01 12:00:00,123 INFO  [main] started\n\tat a.b.C(D.java:1)\n2024-05-01 12:00:01,000 WARN slow\n",
            Format::Log4j,
            Zone::None,
            "2024-05-01 12:00:00,123",
            "2024-05-01 12:00:01,000",
        ),
        (
            "INFO  2024-05-01 12:00:00.123 CEST session opened\nWARN  2024-05-01 12:00:09.001 CEST session closed\n",
            Format::IsoWithSpace,
            named("CEST"),
            "2024-05-01 12:00:00.123 CEST",
            "2024-05-01 12:00:09.001 CEST",
        ),
        (
            "20240501T120000Z up\n20240501T120100Z down\n",
            Format::IsoBasic,
            Zone::Utc,
            "20240501T120000Z",
            "20240501T120100Z",
        ),
        (
            "2024/05/01 12:00:00 [error] 12#12: refused\n2024/05/01 12:00:03 [error] 12#12: refused\n",
            Format::YearSlash,
            Zone::None,
            "2024/05/01 12:00:00",
            "2024/05/01 12:00:03",
        ),
        (
            "May  1 12:00:00 files sshd[12]: Accepted\nMay 11 02:00:00 files sshd[12]: Closed\n",
            Format::SyslogRfc3164,
            Zone::None,
            "May  1 12:00:00",
            "May 11 02:00:00",
        ),
        (
            "<34>Oct 11 22:14:15 gate su: failed\n<34>Oct 11 22:14:16 gate su: failed\n",
            Format::SyslogRfc3164,
            Zone::None,
            "Oct 11 22:14:15",
            "Oct 11 22:14:16",
        ),
        (
            "<165>1 2024-05-01T12:00:00.003Z gate app 12 ID47 - up\n<165>1 2024-05-01T12:00:09.003Z gate app 12 ID47 - down\n",
            Format::SyslogRfc5424,
            Zone::Utc,
            "2024-05-01T12:00:00.003Z",
            "2024-05-01T12:00:09.003Z",
        ),
        (
            "192.0.2.7 - ann [01/May/2024:12:00:00 +0200] \"GET / HTTP/1.1\" 200 12\n192.0.2.7 - - [01/May/2024:12:00:07 +0200] \"GET /a HTTP/1.1\" 404 9\n",
            Format::CommonLog,
            Zone::Offset(120),
            "01/May/2024:12:00:00 +0200",
            "01/May/2024:12:00:07 +0200",
        ),
        (
            "[Wed May 01 12:00:00.123456 2024] [ssl:warn] no name\n[Thu May 02 12:00:00.000001 2024] [ssl:warn] no name\n",
            Format::Ctime,
            Zone::None,
            "Wed May 01 12:00:00.123456 2024",
            "Thu May 02 12:00:00.000001 2024",
        ),
        (
            "Wed, 01 May 2024 12:00:00 GMT up\nWed, 01 May 2024 12:30:00 GMT down\n",
            Format::Rfc1123,
            Zone::Utc,
            "Wed, 01 May 2024 12:00:00 GMT",
            "Wed, 01 May 2024 12:30:00 GMT",
        ),
        (
            "01-May-2024 12:00:00.123 INFO [main] start\n01-May-2024 12:00:01.001 INFO [main] done\n",
            Format::DayNamedMonth,
            Zone::None,
            "01-May-2024 12:00:00.123",
            "01-May-2024 12:00:01.001",
        ),
        (
            "May 01, 2024 1:02:03 PM a.b.C run\nINFO: up\nMay 01, 2024 1:02:05 PM a.b.C run\nINFO: down\n",
            Format::JavaLogging,
            Zone::None,
            "May 01, 2024 1:02:03 PM",
            "May 01, 2024 1:02:05 PM",
        ),
        (
            "01.05.2024 12:00:00 gestartet\n02.05.2024 06:00:00 beendet\n",
            Format::EuropeanDots,
            Zone::None,
            "01.05.2024 12:00:00",
            "02.05.2024 06:00:00",
        ),
        (
            "Information\t5/1/2024 12:00:00 PM\tTransfer\t7\tstarted\nError\t5/14/2024 1:00:00 AM\tTransfer\t9\tstopped\n",
            Format::WindowsEvent,
            Zone::None,
            "5/1/2024 12:00:00 PM",
            "5/14/2024 1:00:00 AM",
        ),
        (
            "#Version: 1.0\n#Fields: date time c-ip cs-method\n2024-05-01 12:00:00 192.0.2.7 GET\n2024-05-01 12:00:09 192.0.2.7 GET\n",
            Format::W3cExtended,
            Zone::Utc,
            "2024-05-01 12:00:00",
            "2024-05-01 12:00:09",
        ),
        (
            "#Date: 2024-05-01 11:59:00\n#Fields: time c-ip\n12:00:00 192.0.2.7\n12:00:09 192.0.2.8\n",
            Format::W3cExtended,
            Zone::Utc,
            "2024-05-01 12:00:00",
            "2024-05-01 12:00:09",
        ),
        ("1714557600 up\n1714557601.500 down\n", Format::EpochSeconds, Zone::Utc, "1714557600", "1714557601.500"),
        (
            "{\"level\":\"info\",\"ts\":1714557600123,\"msg\":\"up\"}\n{\"level\":\"info\",\"ts\":1714557609123,\"msg\":\"down\"}\n",
            Format::EpochMilliseconds,
            Zone::Utc,
            "1714557600123",
            "1714557609123",
        ),
    ];
    for (text, format, zone, first, last) in samples {
        let report = sniff(text.as_bytes());
        assert_eq!(report.format, Some(format), "{text}");
        assert_eq!(report.zone, zone, "{text}");
        assert_eq!(report.first.unwrap().text, first, "{text}");
        assert_eq!(report.last.unwrap().text, last, "{text}");
        assert!(!report.ask_again, "{text}");
        assert!(report.verdict.contains(format.name()), "{}", report.verdict);
    }
}

#[test]
fn dates_are_read_where_they_can_be() {
    let first = |text: &str| sniff(text.as_bytes()).first.unwrap();
    assert_eq!(first("2024-05-01 23:59:58,123 x\n").date, Some((2024, 5, 1)));
    assert_eq!(first("2024-05-01 23:59:58,123 x\n").time, (23, 59, 58));
    assert_eq!(first("May 01, 2024 1:02:03 PM x\n").time, (13, 2, 3));
    assert_eq!(first("May 01, 2024 12:02:03 AM x\n").time, (0, 2, 3));
    assert_eq!(first("1714557600 x\n").date, Some((2024, 5, 1)));
    assert_eq!(first("1709164800 x\n").date, Some((2024, 2, 29)));
    assert_eq!(first("1000000000 x\n").date, Some((2001, 9, 9)));
    assert_eq!(first("1735689599 x\n").date, Some((2024, 12, 31)));
    assert_eq!(first("May  1 12:00:00 host x\n").date, None);
}

#[test]
fn day_and_month_are_told_apart_only_where_a_line_proves_it() {
    let ambiguous = sniff(b"01/05/2024 12:00:00 a\n02/05/2024 12:00:00 b\n");
    assert_eq!(ambiguous.format, Some(Format::SlashDate));
    assert!(ambiguous.ambiguous && !ambiguous.ask_again);
    assert_eq!(ambiguous.first.unwrap().date, None);
    assert!(ambiguous.verdict.contains("cannot be told apart"));
    let european = sniff(b"01/05/2024 12:00:00 a\n13/05/2024 12:00:00 b\n");
    assert_eq!((european.ambiguous, european.first.unwrap().date), (false, Some((2024, 5, 1))));
    let american = sniff(b"05/01/2024 12:00:00 a\n05/13/2024 12:00:00 b\n");
    assert_eq!((american.ambiguous, american.first.unwrap().date), (false, Some((2024, 5, 1))));
}

#[test]
fn a_file_without_stamps_is_asked_for_again() {
    for text in [
        "Login failed for ann\nConnection closed\nTransfer of a.txt complete\n",
        "Version 5.1.0.2\nListening on 10.20.30.40:2222\n100% done 12/12\n",
        "Transferred 1234567890123456 bytes\norder 12345678\n",
        "ratio 16:9\nchapter 5.1.2024\n",
    ] {
        let report = sniff(text.as_bytes());
        assert_eq!(report.format, None, "{text}");
        assert!(report.ask_again && report.verdict.contains("Please send it with time stamps"), "{text}");
    }
    let times = sniff(b"12:00:00 login\n12:00:05 logout\n");
    assert_eq!(times.format, Some(Format::TimeOnly));
    assert!(times.ask_again && times.verdict.contains("without dates"));
    let empty = sniff(b"");
    assert_eq!(empty.content, Content::Empty);
    assert!(empty.ask_again);
}

#[test]
fn a_few_stamps_among_many_lines_are_not_enough() {
    let mut text = String::from("2024-05-01 12:00:00 started\n");
    text.push_str(&"a line without\n".repeat(30));
    assert!(sniff(text.as_bytes()).ask_again);
    let mut stack = String::from("2024-05-01 12:00:00 ERROR it broke\n");
    stack.push_str(&"\tat a.b.C.d(C.java:1)\n".repeat(30));
    let report = sniff(stack.as_bytes());
    assert!(!report.ask_again);
    assert_eq!((report.lines, report.stamped, report.share), (31, 1, 1.0));
}

#[test]
fn packed_and_binary_files_are_told() {
    for (bytes, content) in [
        (&b"\x1f\x8b\x08\x00rest"[..], Content::Compressed("gzip")),
        (b"PK\x03\x04rest", Content::Compressed("zip")),
        (b"\xfd7zXZ\x00", Content::Compressed("xz")),
        (b"\x28\xb5\x2f\xfd..", Content::Compressed("zstd")),
        (b"7z\xbc\xaf\x27\x1c", Content::Compressed("7-Zip")),
        (b"\x89PNG\r\n\x1a\n", Content::Binary("a picture")),
        (b"ElfFile\x00....", Content::Binary("a Windows event log (.evtx)")),
        (b"ab\x00\x00\x00\x00\x00cd\x00\x00ef", Content::Binary("no text")),
    ] {
        let report = sniff(bytes);
        assert_eq!(report.content, content);
        assert_eq!(report.format, None);
        assert!(report.ask_again != matches!(content, Content::Compressed(_)));
    }
}

#[test]
fn encodings_are_told_and_read() {
    let text = "2024-05-01 12:00:00,123 INFO gestartet – größer\n2024-05-01 12:00:01,000 WARN langsam\n";
    let wide = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let little = [b"\xff\xfe".to_vec(), wide(u16::to_le_bytes)].concat();
    let big = [b"\xfe\xff".to_vec(), wide(u16::to_be_bytes)].concat();
    let latin: Vec<u8> = "2024-05-01 12:00:00,123 größer\n".chars().map(|c| c as u8).collect();
    for (bytes, encoding) in [
        (text.as_bytes().to_vec(), Encoding::Utf8),
        ([b"\xef\xbb\xbf".to_vec(), text.as_bytes().to_vec()].concat(), Encoding::Utf8WithMark),
        (little, Encoding::Utf16LittleEndian),
        (big, Encoding::Utf16BigEndian),
        (wide(u16::to_le_bytes), Encoding::Utf16LittleEndian),
        (latin, Encoding::EightBit),
    ] {
        let report = sniff(&bytes);
        assert_eq!(report.encoding, encoding);
        assert_eq!(report.content, Content::Text);
        assert_eq!(report.first.unwrap().text, "2024-05-01 12:00:00,123", "{encoding:?}");
    }
}

#[test]
fn where_the_chunks_end_makes_no_difference() {
    let text = "2024-05-01 12:00:00,123 INFO größer\r\n\tat x\r\n01.05.2024 12:00:00 y\r\n2024-05-03 12:00:00,123 z"
        .repeat(20);
    let whole = sniff(text.as_bytes());
    for size in [1, 2, 3, 7, 64, 511, 512, 513] {
        let mut sniffer = Sniffer::new();
        text.as_bytes().chunks(size).for_each(|chunk| sniffer.feed(chunk));
        assert_eq!(sniffer.finish(), whole, "chunks of {size}");
    }
}

#[test]
fn one_endless_line_is_read_in_bounded_memory() {
    let mut sniffer = Sniffer::new();
    sniffer.feed(b"2024-05-01 12:00:00 ");
    let digits = vec![b'7'; 64 * 1024];
    (0..512).for_each(|_| sniffer.feed(&digits));
    assert!(format!("{sniffer:?}").len() < 100_000);
    let report = sniffer.finish();
    assert_eq!((report.lines, report.stamped), (1, 1));
}
