//! Tokens as an issuer makes them, and requests that carry one.

use serde_json::{Value, json};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Request;

use super::{hosted, sys, within};

/// The key of the reference hub for development.
pub(crate) const SECRET: &str = "!ChangeThisMercureHubJWTSecretKey!";

/// The one whose access tokens [`access_token`] makes.
pub(crate) const ISSUER: &str = "https://issuer.example";

/// A token of 0.x with these claims in `mercure`, signed with [`SECRET`].
pub(crate) async fn token(mercure: Value) -> String {
    sign("JWT", &json!({ "mercure": mercure }), SECRET).await
}

/// The same with the time at which it ends.
pub(crate) async fn token_until(millis: f64, mercure: Value) -> String {
    sign("JWT", &json!({ "mercure": mercure, "exp": millis / 1_000.0 }), SECRET).await
}

/// A token that another key has signed, and that is right in all else.
pub(crate) async fn forged(mercure: Value) -> String {
    sign("JWT", &json!({ "mercure": mercure }), "another secret").await
}

/// An access token of 1.0 with one detail: an hour of these actions on these topics.
pub(crate) async fn access_token(audience: &str, actions: Value, topics: Value) -> String {
    let claims = json!({
        "iss": ISSUER,
        "aud": audience,
        "exp": js_sys::Date::now() / 1_000.0 + 3_600.0,
        "authorization_details": [{
            "type": "https://mercure.rocks/authorization-detail",
            "actions": actions,
            "topics": topics,
        }],
    });
    sign("at+jwt", &claims, SECRET).await
}

/// The request with a token in its `Authorization` header.
pub(crate) fn with_token(request: Request, token: &str) -> Request {
    hosted(request, &[("Authorization", &format!("Bearer {token}"))])
}

async fn sign(typ: &str, claims: &Value, secret: &str) -> String {
    let header = json!({ "alg": "HS256", "typ": typ });
    let signed = JsFuture::from(sys::sign(&header.to_string(), &claims.to_string(), secret));
    within("the signature", signed).await.as_ref().map(JsValue::as_string).unwrap().unwrap()
}
