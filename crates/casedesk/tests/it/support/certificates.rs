//! A certificate authority of the test's own, and a server certificate for `localhost` by it.
use std::process::Command;

use super::process::{Folder, run};

/// Makes `ca.pem`, `server.pem` and `server.key` in the folder.
pub(crate) fn make(folder: &Folder) {
    let (ca, ca_key) = (folder.join("ca.pem"), folder.join("ca.key"));
    let (certificate, key, request) = (folder.join("server.pem"), folder.join("server.key"), folder.join("server.csr"));
    let extensions = folder
        .write("server.ext", "basicConstraints=CA:FALSE\nsubjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n");
    let new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    run(Command::new("openssl")
        .args(["req", "-x509", "-days", "2", "-subj", "/CN=Test authority"])
        .args(new_key)
        .args(["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"])
        .arg("-keyout")
        .arg(&ca_key)
        .arg("-out")
        .arg(&ca));
    run(Command::new("openssl")
        .args(["req", "-subj", "/CN=localhost"])
        .args(new_key)
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&request));
    run(Command::new("openssl")
        .args(["x509", "-req", "-days", "2", "-CAcreateserial"])
        .arg("-in")
        .arg(&request)
        .arg("-CA")
        .arg(&ca)
        .arg("-CAkey")
        .arg(&ca_key)
        .arg("-extfile")
        .arg(&extensions)
        .arg("-out")
        .arg(&certificate));
}
