package org.precertocsp.responder.tracing;

import io.opentelemetry.api.common.AttributeKey;

/// The attributes of spans, named by OpenTelemetry's semantic conventions where these have a name.
/// None contains anything that a client sent, except counts and choices among a few words.
final class SpanAttributes {
    static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
    static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    /// The outcome as metrics name it: `answered`, or an OCSP error.
    static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("ocsp.outcome");

    /// The last layer that the request reached: `gate`, `memory`, `disk` or `signer`.
    static final AttributeKey<String> LAYER = AttributeKey.stringKey("ocsp.layer");

    static final AttributeKey<Long> CERT_IDS = AttributeKey.longKey("ocsp.cert_ids");

    /// Hash algorithm of the first CertID.
    static final AttributeKey<String> HASH = AttributeKey.stringKey("ocsp.hash");

    /// The issuer's name in the configuration.
    static final AttributeKey<String> ISSUER = AttributeKey.stringKey("ocsp.issuer");

    static final AttributeKey<String> FEED = AttributeKey.stringKey("feed.kind");
    static final AttributeKey<String> RESULT = AttributeKey.stringKey("feed.result");
    static final AttributeKey<Long> ADDED = AttributeKey.longKey("feed.added");
    static final AttributeKey<Long> CHANGED = AttributeKey.longKey("feed.changed");
    static final AttributeKey<Long> UNCHANGED = AttributeKey.longKey("feed.unchanged");
    static final AttributeKey<Long> REFUSED = AttributeKey.longKey("feed.refused");

    private SpanAttributes() {}
}
