package org.precertocsp.responder.tracing;

import io.opentelemetry.api.common.AttributeKey;

/// The attributes of spans: by OpenTelemetry's semantic conventions where they have a name for it.
/// None holds anything that a client sent, but counts and choices among a few words.
final class SpanAttributes {
    static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
    static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    /// As metrics name it: `answered`, or an OCSP error.
    static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("ocsp.outcome");

    /// The last layer the request came to: `gate`, `memory`, `disk` or `signer`.
    static final AttributeKey<String> LAYER = AttributeKey.stringKey("ocsp.layer");

    static final AttributeKey<Long> CERT_IDS = AttributeKey.longKey("ocsp.cert_ids");

    /// Of the first CertID.
    static final AttributeKey<String> HASH = AttributeKey.stringKey("ocsp.hash");

    /// Its name in the configuration.
    static final AttributeKey<String> ISSUER = AttributeKey.stringKey("ocsp.issuer");

    static final AttributeKey<String> FEED = AttributeKey.stringKey("feed.kind");
    static final AttributeKey<String> RESULT = AttributeKey.stringKey("feed.result");
    static final AttributeKey<Long> ADDED = AttributeKey.longKey("feed.added");
    static final AttributeKey<Long> CHANGED = AttributeKey.longKey("feed.changed");
    static final AttributeKey<Long> UNCHANGED = AttributeKey.longKey("feed.unchanged");
    static final AttributeKey<Long> REFUSED = AttributeKey.longKey("feed.refused");

    private SpanAttributes() {}
}
