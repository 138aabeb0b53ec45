//! A Postfix of the test's own. It hands `desk.test` over to us by LMTP and `customer.test` to Dovecot,
//! and tries again every second.
use std::process::{Command, Stdio};

use super::certificates;
use super::dovecot::Dovecot;
use super::process::{Folder, free_port, installed, is_root, run, until_listening};

pub(crate) struct Postfix {
    pub(crate) folder: Folder,
    pub(crate) port: u16,
}

impl Postfix {
    /// `None`, loudly, when Postfix is not installed or may not be started: its master must be root.
    pub(crate) async fn start(desk: u16, dovecot: Option<&Dovecot>) -> Option<Self> {
        if !installed(&["postfix", "openssl"]) {
            return None;
        }
        if !is_root() {
            assert!(std::env::var_os("CI").is_none(), "Postfix starts as root alone");
            eprintln!("\n*** NOT TESTED: Postfix starts as root alone ***\n");
            return None;
        }
        let postfix = Self { folder: Folder::new("postfix"), port: free_port() };
        certificates::make(&postfix.folder);
        postfix.configure(desk, dovecot.map_or(1, |dovecot| dovecot.lmtp));
        // Postfix's own script makes the queue's folders and gives them their owners.
        run(Command::new("/usr/sbin/postfix").arg("-c").arg(postfix.folder.join("etc")).arg("start"));
        until_listening(postfix.port).await;
        Some(postfix)
    }

    /// What it has not delivered yet.
    pub(crate) fn queue(&self) -> String {
        run(Command::new("/usr/sbin/postqueue").arg("-c").arg(self.folder.join("etc")).arg("-j"))
    }

    fn configure(&self, desk: u16, dovecot: u16) {
        let dir = self.folder.path().display();
        for name in ["etc", "queue", "data"] {
            std::fs::create_dir(self.folder.join(name)).unwrap();
        }
        run(Command::new("chmod").arg("755").arg(self.folder.path()));
        run(Command::new("chown").arg("postfix").arg(self.folder.join("data")));
        self.folder.write(
            "etc/main.cf",
            &format!(
                "compatibility_level = 3.6
queue_directory = {dir}/queue
data_directory = {dir}/data
maillog_file = {dir}/mail.log
maillog_file_prefixes = {dir}
myhostname = relay.test
mydestination =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
relay_domains = desk.test customer.test
transport_maps = inline:{{ {{desk.test=lmtp:inet:127.0.0.1:{desk}}}, {{customer.test=lmtp:inet:127.0.0.1:{dovecot}}} }}
smtpd_recipient_restrictions =
    check_recipient_access inline:{{ {{nobody@customer.test=550 5.1.1 No such person here}}, {{later@customer.test=450 4.2.0 Come back later}} }}
    permit_mynetworks reject
smtpd_tls_security_level = may
smtpd_tls_cert_file = {dir}/server.pem
smtpd_tls_key_file = {dir}/server.key
queue_run_delay = 1s
transport_retry_time = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
"
            ),
        );
        let port = self.port;
        self.folder.write(
            "etc/master.cf",
            &format!(
                "127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
lmtp unix - - n - - lmtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"
            ),
        );
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let mut stop = Command::new("/usr/sbin/postfix");
        let _ = stop.arg("-c").arg(self.folder.join("etc")).arg("stop").stderr(Stdio::null()).status();
    }
}
