package org.precertocsp.responder.monitor.response;

/// What a reply's body is, as OCSP.
public sealed interface Reading {
    /// In a few words, for a report.
    String summary();

    /// No OCSP response at all.
    record None(String why) implements Reading {
        @Override
        public String summary() {
            return why;
        }
    }

    /// An unsigned error (RFC 6960 §4.2.1).
    ///
    /// @param hasBytes whether responseBytes came with it, wrongly (RP-03)
    record Refusal(int code, boolean hasBytes) implements Reading {
        public static final int MALFORMED_REQUEST = 1;
        public static final int TRY_LATER = 3;
        public static final int UNAUTHORIZED = 6;

        @Override
        public String summary() {
            return switch (code) {
                case 1 -> "malformedRequest";
                case 2 -> "internalError";
                case TRY_LATER -> "tryLater";
                case 5 -> "sigRequired";
                case UNAUTHORIZED -> "unauthorized";
                default -> "the unused response status " + code;
            };
        }
    }

    /// A response with a signature, which may be wrong.
    record Signed(SignedReading response) implements Reading {
        @Override
        public String summary() {
            return response.first().map(SingleReading::summary).orElse("no SingleResponse");
        }
    }
}
