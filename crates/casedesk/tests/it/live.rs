//! The socket of a page, held open as a browser does: it ends when its viewer may no longer see anything.
use std::net::SocketAddr;
use std::time::Duration;

use casedesk::staff::{Role, actions as staff};
use futures::StreamExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tokio_util::task::AbortOnDropHandle;

use crate::support::{Browser, TestApp, on_both};

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Longer than the desk takes to look at a session again.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn serve(app: &TestApp) -> (SocketAddr, AbortOnDropHandle<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = app.router().into_make_service_with_connect_info::<SocketAddr>();
    (address, AbortOnDropHandle::new(tokio::spawn(async move { axum::serve(listener, service).await.unwrap() })))
}

/// Opens the socket of somebody's page, and hears the desk's first word on it.
pub(crate) async fn open(at: SocketAddr, proof: (&'static str, String)) -> Socket {
    let mut request = format!("ws://{at}/live").into_client_request().unwrap();
    request.headers_mut().insert(proof.0, proof.1.parse().unwrap());
    request.headers_mut().insert("origin", format!("http://{at}").parse().unwrap());
    let (mut socket, _) = connect_async(request).await.unwrap();
    assert!(hears(&mut socket).await.unwrap().contains("hello"));
    socket
}

pub(crate) fn page(browser: &Browser) -> (&'static str, String) {
    ("cookie", format!("casedesk={}", browser.cookie("casedesk").unwrap()))
}

/// The next words of the desk; `None` when it has closed the socket.
pub(crate) async fn hears(socket: &mut Socket) -> Option<String> {
    // The desk's pings go on as long as the socket is open, so the limit is for all of them together.
    tokio::time::timeout(PATIENCE, words(socket)).await.unwrap()
}

async fn words(socket: &mut Socket) -> Option<String> {
    while let Some(Ok(message)) = socket.next().await {
        if message.is_text() && !message.is_empty() {
            return Some(message.into_text().unwrap().to_string());
        }
    }
    None
}

#[tokio::test]
async fn an_open_page_is_cut_off_when_its_agent_is_disabled_and_the_others_are_not() {
    on_both(async |app| {
        let (at, _serving) = serve(app).await;
        let admin = app.viewer("Ada", Role::Admin).await;
        let (ben, cleo) = (app.logged_in("Ben", Role::Agent).await, app.logged_in("Cleo", Role::Agent).await);
        let (mut bens, mut cleos) = (open(at, page(&ben)).await, open(at, page(&cleo)).await);
        let id = casedesk::staff::store::by_email(app.desk().db(), "ben@desk.example").await.unwrap().unwrap().id;
        staff::disable(app.desk(), &admin, id).await.unwrap();
        assert_eq!(hears(&mut bens).await, None);
        app.case_of(&crate::support::Letter::new("Anna <anna@northbay.example>", "No login", "Help.")).await;
        app.forget_jobs("mail.acknowledge").await;
        assert!(hears(&mut cleos).await.unwrap().contains("\"case\""));
    })
    .await;
}

#[tokio::test]
async fn an_open_page_is_cut_off_when_its_session_runs_out_by_itself() {
    on_both(async |app| {
        let (at, _serving) = serve(app).await;
        let ben = app.logged_in("Ben", Role::Agent).await;
        let mut socket = open(at, page(&ben)).await;
        app.advance(Duration::from_hours(app.desk().config().login.idle_h + 1));
        assert_eq!(hears(&mut socket).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_programs_socket_ends_with_the_time_of_its_token() {
    on_both(async |app| {
        let (at, _serving) = serve(app).await;
        let ben = app.viewer("Ben", Role::Agent).await;
        let until = app.desk().now().plus(Duration::from_hours(1));
        let scope = casedesk::staff::Scope::Read;
        let token = staff::make_token(app.desk(), &ben, "board", scope, Some(until)).await.unwrap();
        let mut socket = open(at, ("authorization", format!("Bearer {}", token.text))).await;
        app.advance(Duration::from_hours(1));
        assert_eq!(hears(&mut socket).await, None);
    })
    .await;
}
