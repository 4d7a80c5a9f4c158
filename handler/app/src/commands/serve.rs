use crate::routes::router;
use crate::settings::Settings;
use crate::world::{StartError, World};
use std::net::Ipv4Addr;
use tokio::net::TcpListener;

/// Runs as the custom handler until it is killed; the host never asks nicely.
pub async fn serve(settings: Settings) -> Result<(), StartError> {
    let io = |what| move |cause| StartError::Io { what, cause };
    // Bound before anything else, so that the host's probe finds a socket.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, settings.port)).await.map_err(io("listening"))?;
    let address = listener.local_addr().map_err(io("listening"))?;
    let app = World::build(settings)?;
    tracing::info!(%address, version = env!("CARGO_PKG_VERSION"), "handler listening");
    tracing::warn!("sign-in is not built: one development identity owns every search");
    axum::serve(listener, router(app)).await.map_err(io("serving"))
}
