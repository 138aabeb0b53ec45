//! A browser's side of HTTP: a logged-in session with connections kept open.
use std::time::Instant;

use anyhow::{Context as _, ensure};
use reqwest::header::{ACCEPT_ENCODING, COOKIE, SET_COOKIE};

use crate::process::{LOGIN, PASSWORD};

#[derive(Clone)]
pub(crate) struct Session {
    client: reqwest::Client,
    url: String,
    cookie: String,
}

/// One answer: the status, how long it took to the last byte, and its bytes as they came over the wire.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) ms: f64,
    pub(crate) bytes: Vec<u8>,
}

impl Session {
    pub(crate) async fn log_in(url: &str) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(256)
            .tcp_nodelay(true)
            .build()?;
        let form = format!("email={LOGIN}&password={}", PASSWORD.replace(' ', "+"));
        let answer = client
            .post(format!("{url}/login"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form)
            .send()
            .await?;
        let cookies = answer.headers().get_all(SET_COOKIE);
        let session = cookies.iter().filter_map(|c| c.to_str().ok()).find(|c| c.starts_with("casedesk="));
        let cookie = session.and_then(|c| c.split(';').next()).context("the login gave no session")?.to_owned();
        Ok(Self { client, url: url.into(), cookie })
    }

    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Gets a page as a browser does, compressed when the desk likes to.
    pub(crate) async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        let request = self.client.get(format!("{}{path}", self.url)).header(ACCEPT_ENCODING, "gzip, br");
        self.send(request).await
    }

    /// The same, which must be a page.
    pub(crate) async fn page(&self, path: &str) -> anyhow::Result<f64> {
        let answer = self.get(path).await?;
        ensure!(answer.status == 200, "{path} answers {}", answer.status);
        Ok(answer.ms)
    }

    /// Gets text as it is.
    pub(crate) async fn text(&self, path: &str) -> anyhow::Result<String> {
        let (status, text) = self.try_text(path).await?;
        ensure!(status == 200, "{path} answers {status}");
        Ok(text)
    }

    /// Status and text of the answer, whatever they are.
    pub(crate) async fn try_text(&self, path: &str) -> anyhow::Result<(u16, String)> {
        let answer = self.send(self.client.get(format!("{}{path}", self.url))).await?;
        Ok((answer.status, String::from_utf8_lossy(&answer.bytes).into_owned()))
    }

    pub(crate) async fn post(&self, path: &str, body: &serde_json::Value) -> anyhow::Result<f64> {
        let begun = Instant::now();
        let (status, says) = self.try_post(path, body).await?;
        ensure!((200..300).contains(&status), "{path} answers {status}: {says}");
        Ok(begun.elapsed().as_secs_f64() * 1000.0)
    }

    pub(crate) async fn put(&self, path: &str, body: &serde_json::Value) -> anyhow::Result<()> {
        let answer = self.send(self.client.put(format!("{}{path}", self.url)).json(body)).await?;
        let says = String::from_utf8_lossy(&answer.bytes).into_owned();
        ensure!((200..300).contains(&answer.status), "{path} answers {}: {says}", answer.status);
        Ok(())
    }

    /// Status and body of the answer, whatever they are.
    pub(crate) async fn try_post(&self, path: &str, body: &serde_json::Value) -> anyhow::Result<(u16, String)> {
        let answer = self.send(self.client.post(format!("{}{path}", self.url)).json(body)).await?;
        Ok((answer.status, String::from_utf8_lossy(&answer.bytes).into_owned()))
    }

    /// Puts one file into a form (RFC 7578); status and body of the answer.
    pub(crate) async fn upload(&self, path: &str, file: &[u8]) -> anyhow::Result<(u16, String)> {
        let head = "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"trace.bin\"\r\n\r\n";
        let body = [head.as_bytes(), file, b"\r\n--cut--\r\n"].concat();
        let request = self.client.post(format!("{}{path}", self.url)).body(body);
        let answer = self.send(request.header("content-type", "multipart/form-data; boundary=cut")).await?;
        Ok((answer.status, String::from_utf8_lossy(&answer.bytes).into_owned()))
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> anyhow::Result<Answer> {
        let begun = Instant::now();
        let answer = request.header(COOKIE, &self.cookie).send().await?;
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await?.to_vec();
        Ok(Answer { status, ms: begun.elapsed().as_secs_f64() * 1000.0, bytes })
    }
}
