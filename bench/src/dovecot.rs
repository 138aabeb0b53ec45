//! A Dovecot of the harness's own: mail is put in by LMTP and read by the desk over IMAP, in the clear.
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::process::{DEADLINE, Folder, Running, free_port, installed, is_root};

/// Debian's `nobody` and `nogroup`: who Dovecot runs as when the harness is root.
const NOBODY: u32 = 65534;
const USER: &str = "support";

pub(crate) struct Dovecot {
    _running: Running,
    _folder: Folder,
    imap: u16,
    pub(crate) lmtp: u16,
}

impl Dovecot {
    /// `None` where it is not installed, or where the harness is not root.
    pub(crate) async fn start() -> anyhow::Result<Option<Self>> {
        if !installed(&["dovecot"]) || !is_root() {
            return Ok(None);
        }
        let folder = Folder::new("dovecot")?;
        let (imap, lmtp) = (free_port()?, free_port()?);
        let (path, file) = (folder.path(), folder.path().join("dovecot.conf"));
        std::fs::write(&file, config(path, imap, lmtp))?;
        std::fs::create_dir(path.join("mail"))?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))?;
        for path in [path, &file, &path.join("mail")] {
            chown(path, Some(NOBODY), Some(NOBODY))?;
        }
        let mut command = Command::new("dovecot");
        command.env("PATH", std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin");
        command.arg("-F").arg("-c").arg(&file).stderr(Stdio::null()).uid(NOBODY).gid(NOBODY);
        let running = Running::start(&mut command)?;
        let begun = Instant::now();
        for port in [imap, lmtp] {
            while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                ensure!(begun.elapsed() < DEADLINE, "Dovecot does not answer");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Ok(Some(Self { _running: running, _folder: folder, imap, lmtp }))
    }

    /// Settings of a desk that reads this mailbox.
    pub(crate) fn settings(&self) -> String {
        format!(
            "[[mail.imap]]\nname = \"support\"\nhost = \"localhost\"\nport = {}\nsecurity = \"none\"\n\
             user = \"{USER}\"\npassword = \"secret\"\nfolder = \"INBOX\"\nsince_days = 0\nidle = true\npoll_s = 1\n",
            self.imap
        )
    }

    pub(crate) fn user(&self) -> &'static str {
        USER
    }
}

fn config(folder: &Path, imap: u16, lmtp: u16) -> String {
    let dir = folder.display();
    format!(
        "protocols = imap lmtp
listen = 127.0.0.1
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/dovecot.log
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = nobody
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/Maildir
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
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
    port = 0
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
  args = password=secret
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={dir}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
"
    )
}
