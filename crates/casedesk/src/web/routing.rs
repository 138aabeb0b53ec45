//! Handlers as routes. axum takes each handler by its own type, which holds the types of all futures below it, and the
//! compiler walks through them again for each layer that axum puts around it: half of the time of a build. Here that type
//! ends at the door.
use std::pin::Pin;
use std::sync::Arc;

use axum::extract::Request;
use axum::handler::Handler;
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter};

type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

/// Any handler, by one type.
pub struct Boxed<S>(Arc<dyn Fn(Request, S) -> Answer + Send + Sync>);

impl<S> Clone for Boxed<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: 'static> Handler<(), S> for Boxed<S> {
    type Future = Answer;

    fn call(self, request: Request, state: S) -> Answer {
        (self.0)(request, state)
    }
}

pub fn boxed<H: Handler<T, S, Future = Answer>, T, S>(handler: H) -> Boxed<S> {
    Boxed(Arc::new(move |request, state| handler.clone().call(request, state)))
}

/// A route for one method; several of one path are put together by `merge`.
fn on<H, T, S>(method: MethodFilter, handler: H) -> MethodRouter<S>
where
    H: Handler<T, S, Future = Answer>,
    S: Clone + Send + Sync + 'static,
{
    MethodRouter::new().on(method, boxed(handler))
}

macro_rules! methods {
    ($($name:ident $method:ident),+) => {$(
        pub fn $name<H, T, S>(handler: H) -> MethodRouter<S>
        where
            H: Handler<T, S, Future = Answer>,
            S: Clone + Send + Sync + 'static,
        {
            on(MethodFilter::$method, handler)
        }
    )+};
}

methods!(get GET, head HEAD, options OPTIONS, post POST, put PUT, patch PATCH, delete DELETE);

/// As utoipa-axum's macro of this name: operations of one path, with their description.
macro_rules! routes {
    ($($handler:path),+ $(,)?) => {{
        use utoipa_axum::PathItemExt as _;
        let mut paths = utoipa::openapi::path::Paths::new();
        let mut schemas = Vec::<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>::new();
        let mut router = axum::routing::MethodRouter::new();
        $(
            let (path, item, methods) = utoipa_axum::routes!(@resolve_types $handler : schemas);
            for method in &methods {
                router = router.on(method.to_method_filter(), $crate::web::routing::boxed($handler));
            }
            paths.add_path_operation(&path, methods, item);
        )+
        (schemas, paths, router)
    }};
}
pub(crate) use routes;
