//! A Dovecot of the test's own: IMAP with and without TLS, LMTP, any user with the password `secret`.
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use casedesk::config::{Imap, Security};
use casedesk::kit::Secret;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::certificates;
use super::process::{Folder, Running, free_port, installed, is_root, run, until_listening};

/// Debian's `nobody` and `nogroup`: who Dovecot runs as when the test is root.
const NOBODY: u32 = 65534;

pub(crate) const PASSWORD: &str = "secret";

pub(crate) struct Dovecot {
    _running: Option<Running>,
    pub(crate) folder: Folder,
    pub(crate) imap: u16,
    pub(crate) imaps: u16,
    pub(crate) lmtp: u16,
}

impl Dovecot {
    /// `None`, loudly, when Dovecot is not installed.
    pub(crate) async fn start() -> Option<Self> {
        Self::start_with("").await
    }

    /// One that also lets in whoever has a token that is good by this address.
    pub(crate) async fn start_with_tokens(url: &str) -> Option<Self> {
        let more = "passdb {\n  driver = oauth2\n  mechanisms = xoauth2\n  args = DIR/tokens.conf\n}\n";
        let tokens = format!(
            "tokeninfo_url = {url}\nusername_attribute = email\nactive_attribute = active\nactive_value = true\n"
        );
        Self::begin(more, &tokens).await
    }

    pub(crate) async fn start_with(more: &str) -> Option<Self> {
        Self::begin(more, "").await
    }

    async fn begin(more: &str, tokens: &str) -> Option<Self> {
        if !installed(&["dovecot", "openssl"]) {
            return None;
        }
        let folder = Folder::new("dovecot");
        let mut dovecot = Self { _running: None, folder, imap: free_port(), imaps: free_port(), lmtp: free_port() };
        certificates::make(&dovecot.folder);
        let config = dovecot.config() + &more.replace("DIR", &dovecot.folder.path().display().to_string());
        dovecot.folder.write("tokens.conf", tokens);
        dovecot.folder.write("dovecot.conf", &config);
        std::fs::create_dir(dovecot.folder.join("mail")).unwrap();
        std::fs::set_permissions(dovecot.folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        if is_root() {
            run(Command::new("chown").args(["-R", "65534:65534"]).arg(dovecot.folder.path()));
        }
        dovecot.go_on().await;
        Some(dovecot)
    }

    /// Starts it again on the same ports and mail.
    pub(crate) async fn go_on(&mut self) {
        let mut command = Command::new("/usr/sbin/dovecot");
        command.arg("-F").arg("-c").arg(self.folder.join("dovecot.conf")).stderr(Stdio::null());
        if is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        self._running = Some(Running::start(&mut command));
        for port in [self.imap, self.imaps, self.lmtp] {
            until_listening(port).await;
        }
    }

    /// Ends it, as a power cut at the provider would.
    pub(crate) fn stop(&mut self) {
        self._running = None;
    }

    /// The settings of a mailbox here, in the clear.
    pub(crate) fn mailbox(&self, name: &str, user: &str) -> Imap {
        Imap {
            name: name.into(),
            host: "localhost".into(),
            port: self.imap,
            security: Security::None,
            user: user.into(),
            password: Secret::new(PASSWORD),
            folder: "INBOX".into(),
            since_days: 30,
            idle: true,
            poll_s: 1,
            ca_file: self.folder.join("ca.pem").display().to_string(),
            oauth: None,
        }
    }

    /// Signs in as another mail program would.
    pub(crate) async fn sign_in(&self, user: &str) -> Program {
        let stream = TcpStream::connect(("127.0.0.1", self.imap)).await.unwrap();
        let mut program = Program { stream: BufReader::new(stream), number: 0 };
        program.line().await;
        program.ask(&format!("LOGIN {user} {PASSWORD}")).await;
        program
    }

    fn config(&self) -> String {
        let dir = self.folder.path().display();
        let (user, group) =
            if is_root() { ("nobody".into(), "nogroup".into()) } else { (whoami("-un"), whoami("-gn")) };
        let (imap, imaps, lmtp) = (self.imap, self.imaps, self.lmtp);
        format!(
            "protocols = imap lmtp
listen = 127.0.0.1
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/dovecot.log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/Maildir
mail_max_userip_connections = 100
maildir_copy_with_hardlinks = no
ssl = yes
ssl_cert = <{dir}/server.pem
ssl_key = <{dir}/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={dir}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
"
        )
    }
}

fn whoami(what: &str) -> String {
    run(Command::new("id").arg(what)).trim().to_owned()
}

/// Another mail program at the same mailbox, driven by hand.
pub(crate) struct Program {
    stream: BufReader<TcpStream>,
    number: u32,
}

impl Program {
    /// Says one command; the lines of its answer, which must be `OK`.
    pub(crate) async fn ask(&mut self, command: &str) -> Vec<String> {
        self.number += 1;
        let tag = format!("t{}", self.number);
        self.stream.write_all(format!("{tag} {command}\r\n").as_bytes()).await.unwrap();
        let mut lines = Vec::new();
        loop {
            let line = self.line().await;
            if let Some(status) = line.strip_prefix(&format!("{tag} ")) {
                assert!(status.starts_with("OK"), "{command}: {line}");
                return lines;
            }
            lines.push(line);
        }
    }

    /// Puts a message into a folder.
    pub(crate) async fn append(&mut self, folder: &str, message: &str) {
        self.append_at(folder, "", message).await;
    }

    /// The same with a date of arrival: `"01-Jan-2026 00:00:00 +0000"` and a space.
    pub(crate) async fn append_at(&mut self, folder: &str, date: &str, message: &str) {
        self.ask(&format!("APPEND {folder} {date}{{{}+}}\r\n{message}", message.len())).await;
    }

    /// Uid and flags of every message of the folder.
    pub(crate) async fn flags(&mut self, folder: &str) -> Vec<String> {
        self.ask(&format!("EXAMINE {folder}")).await;
        let lines = self.ask("UID FETCH 1:* (FLAGS)").await;
        lines.into_iter().filter(|line| line.contains("FETCH")).map(|line| line.replace("\\Recent", "")).collect()
    }

    /// The whole folder as bytes, message by message.
    pub(crate) async fn messages(&mut self, folder: &str) -> Vec<String> {
        self.ask(&format!("EXAMINE {folder}")).await;
        let count = self.ask("UID SEARCH ALL").await;
        let count =
            count.iter().find_map(|line| line.strip_prefix("* SEARCH")).map_or(0, |l| l.split_whitespace().count());
        let mut all = Vec::new();
        for number in 1..=count {
            self.number += 1;
            let command = format!("t{} FETCH {number} (BODY.PEEK[])\r\n", self.number);
            self.stream.write_all(command.as_bytes()).await.unwrap();
            let head = self.line().await;
            let size: usize = head.rsplit_once('{').and_then(|(_, n)| n.strip_suffix('}')).unwrap().parse().unwrap();
            let mut bytes = vec![0; size];
            self.stream.read_exact(&mut bytes).await.unwrap();
            self.line().await;
            self.line().await;
            all.push(String::from_utf8_lossy(&bytes).into_owned());
        }
        all
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.stream.read_line(&mut line).await.unwrap() > 0, "Dovecot closed the connection");
        line.trim_end().to_owned()
    }
}
