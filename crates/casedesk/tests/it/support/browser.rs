//! A browser or a program: sends requests to the desk, keeps cookies.
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt as _;

use super::{PASSWORD, TestApp};

pub(crate) struct Browser {
    app: TestApp,
    address: SocketAddr,
    headers: Vec<(String, String)>,
    cookies: Mutex<BTreeMap<String, String>>,
    says_origin: bool,
}

/// What the desk answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Browser {
    pub(super) fn new(app: &TestApp) -> Self {
        let address = SocketAddr::from(([192, 0, 2, 10], 40000));
        Self { app: app.clone(), address, headers: Vec::new(), cookies: Mutex::default(), says_origin: true }
    }

    /// The same with another address.
    pub(crate) fn at(self, ip: &str) -> Self {
        Self { address: SocketAddr::new(ip.parse().unwrap(), 40000), ..self }
    }

    /// The same with a header in every request; it takes the place of one of that name.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The same, not saying which page a form was on.
    pub(crate) fn without_origin(self) -> Self {
        Self { says_origin: false, ..self }
    }

    /// Another one with the same headers and one more, and with no cookies.
    pub(crate) fn clone_with(&self, name: &str, value: &str) -> Self {
        let mut other = Self::new(&self.app);
        other.headers.clone_from(&self.headers);
        other.with(name, value)
    }

    /// The same browser at a copy of its desk.
    pub(crate) fn at_copy(&self, app: &TestApp) -> Self {
        let cookies = Mutex::new(self.cookies.lock().unwrap().clone());
        Self { app: app.clone(), headers: self.headers.clone(), cookies, ..*self }
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.into(), value.into());
    }

    /// Logs in the agent of this name.
    pub(crate) async fn log_in(&self, name: &str) {
        let email = format!("{}@desk.example", name.to_lowercase());
        let answer = self.post("/login", &[("email", &email), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, "", String::new()).await
    }

    /// Sends a form, as a page of ours does.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Method::POST, path, "application/x-www-form-urlencoded", body).await
    }

    pub(crate) async fn json(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.send(method, path, "application/json", body.to_string()).await
    }

    /// Sends a body of any type.
    pub(crate) async fn body(&self, method: Method, path: &str, kind: &str, body: &str) -> Answer {
        self.send(method, path, kind, body.to_owned()).await
    }

    /// Sends a body that may break off, with these headers.
    pub(crate) async fn stream(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        self.ask(method, path, headers, body).await
    }

    async fn send(&self, method: Method, path: &str, kind: &str, body: String) -> Answer {
        let kind = [("content-type", kind)];
        self.ask(method, path, if kind[0].1.is_empty() { &[] } else { &kind }, Body::from(body)).await
    }

    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let mut request = Request::builder().method(method.clone()).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if self.says_origin
            && !method.is_safe()
            && !self.headers.iter().any(|(name, _)| name == "origin" || name == "authorization")
        {
            request = request.header(header::ORIGIN, self.app.desk().link(""));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let cookies: Vec<_> =
            self.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let mut request = request.body(body).unwrap();
        request.extensions_mut().insert(ConnectInfo(self.address));
        let response = self.app.router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        self.keep_cookies(&parts.headers);
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    fn keep_cookies(&self, headers: &HeaderMap) {
        let mut cookies = self.cookies.lock().unwrap();
        for line in headers.get_all(header::SET_COOKIE) {
            let (name, rest) = line.to_str().unwrap().split_once('=').unwrap();
            let (value, flags) = rest.split_once(';').unwrap_or((rest, ""));
            if flags.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Answer {
    /// Where a redirect leads; empty when it is none.
    pub(crate) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The flags of the cookie that this answer sets.
    pub(crate) fn cookie_flags(&self, name: &str) -> Option<String> {
        let lines = self.headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap());
        lines
            .filter_map(|line| line.split_once('='))
            .find(|(key, _)| *key == name)
            .and_then(|(_, rest)| rest.split_once("; ").map(|(_, flags)| flags.to_owned()))
    }
}
