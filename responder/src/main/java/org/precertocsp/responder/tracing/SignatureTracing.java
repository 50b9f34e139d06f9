package org.precertocsp.responder.tracing;

import io.opentelemetry.api.trace.Span;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.ResponseSigner;
import org.precertocsp.signer.SignedResponse;
import org.precertocsp.signer.SignerUnavailableException;

/// Separates waiting for a key from signing with it: one span around an issuer's bounded signer,
/// and one inside it around the use of the key. Thread-safe.
///
/// A token signs on a thread of its own, which has no reference to the request; the content to be
/// signed, the same object throughout, identifies it.
public final class SignatureTracing {
    private final RequestSpans steps;

    // At most as many as traced requests that wait for a signature.
    private final Map<Same, Span> underWay = new ConcurrentHashMap<>();

    SignatureTracing(RequestSpans steps) {
        this.steps = steps;
    }

    /// Wraps the signer that waits and signs.
    ///
    /// @param issuer its name in the configuration
    public ResponseSigner whole(String issuer, ResponseSigner bounded) {
        return new Whole(this, issuer, bounded);
    }

    /// Wraps the signer that uses the key.
    public ResponseSigner key(ResponseSigner key) {
        return new Inside(this, key);
    }

    private static SignedResponse measured(
            Span span, ResponseSigner signer, ResponseContent content)
            throws SignerUnavailableException {
        try {
            return signer.sign(content);
        } catch (SignerUnavailableException e) {
            RequestSpans.failed(span, e.reason().name().toLowerCase(Locale.ROOT));
            throw e;
        } catch (RuntimeException e) {
            RequestSpans.failed(span, e);
            throw e;
        } finally {
            span.end();
        }
    }

    private record Whole(SignatureTracing traces, String issuer, ResponseSigner bounded)
            implements ResponseSigner {
        @Override
        public SignedResponse sign(ResponseContent content) throws SignerUnavailableException {
            Span request = RequestSpans.request();
            return request == null ? bounded.sign(content) : traced(request, content);
        }

        private SignedResponse traced(Span request, ResponseContent content)
                throws SignerUnavailableException {
            Span span =
                    traces.steps.begin("sign", request).setAttribute(SpanAttributes.ISSUER, issuer);
            Same same = new Same(content);
            traces.underWay.put(same, span);
            try {
                return measured(span, bounded, content);
            } finally {
                traces.underWay.remove(same);
            }
        }

        @Override
        public boolean mayHang() {
            return bounded.mayHang();
        }
    }

    private record Inside(SignatureTracing traces, ResponseSigner key) implements ResponseSigner {
        @Override
        public SignedResponse sign(ResponseContent content) throws SignerUnavailableException {
            Span whole = traces.underWay.isEmpty() ? null : traces.underWay.get(new Same(content));
            return whole == null
                    ? key.sign(content)
                    : measured(traces.steps.begin("use key", whole), key, content);
        }

        @Override
        public boolean mayHang() {
            return key.mayHang();
        }
    }

    /// Compares by identity, not by content.
    private static final class Same {
        private final ResponseContent content;

        Same(ResponseContent content) {
            this.content = content;
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // As meant.
        public boolean equals(@Nullable Object other) {
            return other instanceof Same same && same.content == content;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(content);
        }
    }
}
