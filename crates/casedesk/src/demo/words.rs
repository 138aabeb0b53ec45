//! What the made-up people are called and what they write about.

/// Name and address; the first is the administrator.
pub(super) const AGENTS: [(&str, &str); 6] = [
    ("Aoife Ní Bhriain", "aoife@ferrywell.example"),
    ("Łukasz Wiśniewski", "lukasz@ferrywell.example"),
    ("Nguyễn Ngọc Hằng", "hang@ferrywell.example"),
    ("Marta Oliveira", "marta@ferrywell.example"),
    ("Zeynep Çağlar", "zeynep@ferrywell.example"),
    ("Tom Hargreave", "tom@ferrywell.example"),
];

/// An organisation, its domain, its people.
pub(super) struct Company {
    pub(super) name: &'static str,
    pub(super) domain: &'static str,
    pub(super) customer: bool,
    pub(super) people: &'static [&'static str],
}

macro_rules! company {
    ($name:literal, $domain:literal, $customer:literal, $($person:literal),+) => {
        Company { name: $name, domain: $domain, customer: $customer, people: &[$($person),+] }
    };
}

pub(super) const COMPANIES: &[Company] = &[
    company!("Nordhamn Logistik AB", "nordhamn.example", true, "Rasmus Lindqvist", "Elin Sandberg", "Oskar Holm"),
    company!("Umgeni Freight", "umgeni-freight.example", true, "Thandiwe Nkosi", "Sipho Dlamini"),
    company!("Puerto Digital", "puerto-digital.example", true, "Ana-Sofía Ibáñez", "Mateo Rojas"),
    company!("Carmel Clearing", "carmel-clearing.example", true, "Yael Ben-David", "Noam Peretz"),
    company!(
        "Western Health Trust",
        "westernhealth.example",
        true,
        "Siobhán Mac Giolla Phádraig",
        "Declan Byrne",
        "Ruth Kelly"
    ),
    company!("Stadtwerke Oberau", "stadtwerke-oberau.example", true, "Ingvild Sørbø-Haraldsen", "Jürgen Brandl"),
    company!("Kestrel Payroll", "kestrel-payroll.example", true, "Priya Raman", "Colin Fairweather"),
    company!("Banque du Lac", "banquedulac.example", true, "Hélène Morand", "Julien Favre"),
    company!("Tokiwa Precision", "tokiwa.example", true, "田中 美咲", "Kenji Mori"),
    company!("Harbour & Pike Insurance", "harbourpike.example", true, "Grace Whitlock", "Owen Tate", "Imani Brooks"),
    company!("Polder Energie", "polder-energie.example", true, "Sanne de Wit", "Bram Visser"),
    company!("Atlas Grain Co-op", "atlasgrain.example", true, "Walt Jensen", "Dolores Pruitt"),
    company!("Vltava Automotive", "vltava-auto.example", true, "Jana Nováková", "Petr Svoboda"),
    company!("Oakridge County Council", "oakridge-council.example", true, "Martin Ellery", "Fatima Siddiqui"),
    company!("Meridian Textiles", "meridian-textiles.example", true, "Arif Hossain", "Nusrat Jahan"),
    company!("Borealis Mining", "borealis-mining.example", true, "Tuomas Korhonen", "Aino Laine"),
    company!("Cantabria Foods", "cantabria-foods.example", true, "Lucía Herrero", "Íñigo Salas"),
    company!("Larkspur Pharma", "larkspur-pharma.example", true, "Beatrice Okafor", "Henry Aldous"),
    company!("Quayside Architects", "quayside.example", false, "Niamh Doyle"),
    company!("Sable & Finch Legal", "sablefinch.example", false, "Edmund Carr"),
    company!("Redwood Analytics", "redwood-analytics.example", false, "Maya Chen", "Theo Park"),
];

/// What a case is about, as it goes back and forth.
pub(super) struct Matter {
    pub(super) subject: &'static str,
    pub(super) opening: &'static str,
    pub(super) asked: &'static str,
    pub(super) given: &'static str,
    pub(super) note: &'static str,
    pub(super) answer: &'static str,
    pub(super) thanks: &'static str,
    pub(super) tags: &'static [&'static str],
    pub(super) kind: &'static str,
    pub(super) log: Option<&'static str>,
}

pub(super) const MATTERS: &[Matter] = &[
    Matter {
        subject: "SFTP partners refused since the OS upgrade: no matching host key type found",
        opening: "Good morning,\n\nwe moved both nodes to RHEL 9.6 last night. Since the first restart every partner fails on SFTP; FTPS and AS2 work. From a partner's side:\n\n    Unable to negotiate with 198.51.100.24 port 22: no matching host key type found. Their offer: ssh-rsa\n\nNothing in Ferrywell was changed. Payroll goes through this server on Thursday at 06:00.",
        asked: "Thank you for the exact message, it says a lot. RHEL 9 switches SHA-1 signatures off by default, and your version signs its host key only with `ssh-rsa`.\n\nPlease send me:\n\n- the output of `update-crypto-policies --show` on both nodes\n- the version shown on the administration page\n- the server log of one refused connection, with time stamps",
        given: "Here they are. The policy says DEFAULT on both nodes, the version is 5.1.3. The log is attached; the refused connection is at 07:14:22.",
        note: "The OS policy is it. The clean way out is 5.9; the bridge is DEFAULT:SHA1 on both nodes. Their security officer has to agree.",
        answer: "Confirmed. As a bridge until the upgrade, run on both nodes:\n\n```\nupdate-crypto-policies --set DEFAULT:SHA1\nsystemctl restart ferrywell\n```\n\nThe lasting fix is 5.9, which signs with `rsa-sha2-256`. The fingerprint of the key stays the same, so no partner has to change anything.",
        thanks: "That was it, all partners are connected again. We plan the upgrade for the weekend after next. Thank you for the quick help.",
        tags: &["sftp", "host-key", "os-upgrade"],
        kind: "problem",
        log: Some(
            "2026-11-20 07:14:22.103 WARN  [44120] ssh: kex with 198.51.100.24 failed: no matching host key type, offered ssh-rsa\n",
        ),
    },
    Matter {
        subject: "Folder monitor stops after the NAS fails over",
        opening: "Hello,\n\nwhenever our NAS fails over to the second head, the folder monitor on /inbound stops. New files are picked up only after a restart of the service. This has happened three times this month.",
        asked: "Thank you. Two questions, so that we can recreate it:\n\n1. Is the share mounted by NFS 3 or 4, and with `hard` or `soft`?\n2. Does the monitor use notifications or polling (Settings → Folder monitors → Mode)?",
        given: "NFS 4.1, hard, and the mode is notifications. After a failover the mount is a new one, as far as I understand.",
        note: "Recreated in the lab with two NFS heads: inotify watches die with the superblock. Known, see the open defect. Polling works.",
        answer: "We could recreate it: after the failover the operating system drops the watches, and the monitor does not notice. Until the fix is out, set the mode to *Polling, every 30 s*; that survives a failover. I will write to you when the release with the fix is out.",
        thanks: "Polling works through a failover, we tested it this morning. Please keep us posted about the release.",
        tags: &["folder-monitor", "nfs"],
        kind: "problem",
        log: Some(
            "2026-11-18 02:11:09.880 INFO  [1207] monitor: /inbound watching 1 folder\n2026-11-18 02:14:31.002 WARN  [1207] monitor: /inbound stale handle\n",
        ),
    },
    Matter {
        subject: "AS2: MDN signature cannot be verified after our partner renewed",
        opening: "Hi,\n\nsince our partner renewed their certificate yesterday, every MDN is rejected with 'signature cannot be verified'. We imported the new certificate under Partners. The old one is still there as well.",
        asked: "Could you send the thumbprints of both certificates and one rejected MDN (raw, from Messages → Download)? With two certificates for one partner the older one may still be chosen.",
        given: "Old: 9f:22:…:c1, new: 41:aa:…:07. The raw MDN is attached. It is signed with the new one.",
        note: "5.8.2 picks the first certificate by date of import, not by validity. Fixed in 5.9.0.",
        answer: "Your version takes the certificate that was imported first while both are valid. Remove the old one under *Partners → Certificates*; nothing else is needed. From 5.9.0 on every valid certificate is tried.",
        thanks: "Removed, and all MDNs verify now.",
        tags: &["as2", "certificate"],
        kind: "problem",
        log: None,
    },
    Matter {
        subject: "Licence for the second node",
        opening: "Hello,\n\nwe want to run a second, passive node for emergencies. Do we need another licence for it, and can the key of the first node be used there?",
        asked: "A passive node is covered by the Enterprise edition. Which edition do you have, and what will be the host name of the second node?",
        given: "Enterprise, and the second node will be called fts-02.",
        note: "Enterprise, 2 nodes. Key can be issued, Zeynep knows.",
        answer: "Then nothing has to be bought. The key for `fts-02` comes in a separate mail from our licence server; it is valid together with the first and ends on the same day.",
        thanks: "The key has arrived and works. Thank you!",
        tags: &["licence", "high-availability"],
        kind: "licence",
        log: None,
    },
    Matter {
        subject: "Upload over HTTPS stops at 2 GB",
        opening: "Dear team,\n\nuploads with the web client stop at almost exactly 2 GB. Smaller files are fine. With SFTP the same file goes through. There is an nginx in front of the server.",
        asked: "That is almost always the proxy. Please look for `client_max_body_size` and `proxy_request_buffering` in its configuration, and send us the lines of its error log from the time of the stop.",
        given: "client_max_body_size is 0, so no limit. But the error log says 'pwritev() failed (28: No space left on device)' on /var/lib/nginx.",
        note: "Proxy buffers the whole body. Nothing of ours.",
        answer: "That explains it: nginx buffers the whole upload on its own disk before it passes it on. Add\n\n```\nproxy_request_buffering off;\n```\n\nto the location of Ferrywell and reload nginx. The upload then goes straight through.",
        thanks: "Works, 14 GB in one go. You can close this.",
        tags: &["https", "proxy"],
        kind: "problem",
        log: None,
    },
    Matter {
        subject: "Can SharePoint be a source, with delta sync?",
        opening: "Good afternoon,\n\nis it possible to pull files from a SharePoint library on a schedule, only those that changed since the last run? We would replace a script by it.",
        asked: "Not today. May I ask how many libraries and roughly how many files a day? It helps to weigh it for the roadmap.",
        given: "Four libraries, perhaps 300 files a day. We could also live with a webhook from SharePoint.",
        note: "Third one to ask this quarter. On the roadmap list as 'cloud sources'.",
        answer: "Thank you, I have added your vote to *cloud sources* on our roadmap; you can follow it there. As a bridge, a scheduled job may call your script and hand the files over through the drop folder.",
        thanks: "Understood. We will keep the script for now.",
        tags: &["roadmap", "sharepoint"],
        kind: "feature request",
        log: None,
    },
    Matter {
        subject: "Scanner reports 3des-cbc on port 990",
        opening: "Hello,\n\nour security scanner reports 3des-cbc on port 990 (FTPS) and wants it off by the end of the month. We cannot find it in the list of algorithms.",
        asked: "The list shows what the product adds. What the Java runtime brings is set apart. Which runtime do you use (About → Runtime)?",
        given: "OpenJDK 11.0.25, the one that came with the installer.",
        note: "jdk.tls.disabledAlgorithms. Documented in KB 214.",
        answer: "Add `3DES_EDE_CBC` to `jdk.tls.disabledAlgorithms` in `conf/java.security` and restart. The scanner should be content then. From 5.8 on this is the default.",
        thanks: "The scan is clean now.",
        tags: &["ftps", "security", "ciphers"],
        kind: "question",
        log: None,
    },
    Matter {
        subject: "Scheduled job stays in state waiting after a reboot",
        opening: "Hi,\n\nafter the reboot of last night the scheduled job NIGHT-7 stays in state 'waiting' and never starts. Disabling and enabling it helps until the next reboot.",
        asked: "Please send the server log from the reboot until half an hour later, with time stamps, and a screenshot of the job's schedule.",
        given: "Attached. The reboot was at 03:00.",
        note: "Clock was 40 min ahead until NTP stepped it back: next run lies in the past that is in the future. Defect.",
        answer: "In the log the clock jumps back by 40 minutes shortly after the start (NTP). The job had computed its next run before that. Let the service start after time sync:\n\n```\nsystemctl edit ferrywell\n[Unit]\nAfter=time-sync.target\nWants=time-sync.target\n```",
        thanks: "We did so on both servers, and last night's reboot was fine.",
        tags: &["scheduler", "ntp"],
        kind: "problem",
        log: Some(
            "2026-11-16 03:02:10.004 INFO  [901] scheduler: NIGHT-7 next run 04:00:00\n2026-11-16 02:22:11.730 WARN  [901] scheduler: clock went back 40 min\n",
        ),
    },
    Matter {
        subject: "Administrator locked out after moving to single sign-on",
        opening: "Hello,\n\nwe switched to single sign-on today and now nobody can log in to the administration, not even the local admin. The message is 'audience mismatch'.",
        asked: "Do not worry, there is a way in from the console of the server. Which address do your administrators open, and which one is entered as entity id at your identity provider?",
        given: "They open https://mft.internal:8443, and the entity id is https://mft.example.",
        note: "Entity id has to be the address they open.",
        answer: "Run `ferrywell admin --local-login on` on the server; the local administrator can then log in for 30 minutes. Set *External address* to `https://mft.internal:8443`, or the entity id at the provider to the same, and try the sign-on in a private window before you switch the local login off.",
        thanks: "We are in again. The external address was the problem.",
        tags: &["sso", "saml"],
        kind: "problem",
        log: None,
    },
    Matter {
        subject: "Which ports are needed between DMZ gateway and server?",
        opening: "Good morning,\n\nour firewall team asks which ports have to be open between the gateway in the DMZ and the server inside, and in which direction.",
        asked: "Only one, and only from inside out. Do you terminate SSH on the gateway, or pass it through?",
        given: "It is passed through.",
        note: "Standard question, template exists.",
        answer: "From the server to the gateway: TCP 4460, opened by the server. From the internet to the gateway: 22, 443 and 990, as you offer them. Nothing has to be open from the DMZ to the inside.",
        thanks: "Perfect, that is what they wanted to hear.",
        tags: &["firewall", "gateway"],
        kind: "question",
        log: None,
    },
];
