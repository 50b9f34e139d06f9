package org.precertocsp.responder.monitor;

/// The body of an HTTP response, parsed as an OCSPResponse.
public sealed interface ParsedResponse {
    /// A short description for reports.
    String summary();

    /// Not an OCSP response.
    record None(String why) implements ParsedResponse {
        @Override
        public String summary() {
            return why;
        }
    }

    /// An unsigned error (RFC 6960 §4.2.1).
    ///
    /// @param hasBytes whether it contains responseBytes, which is wrong (RP-03)
    record Refusal(int code, boolean hasBytes) implements ParsedResponse {
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
    record Signed(ParsedBasicResponse response) implements ParsedResponse {
        @Override
        public String summary() {
            return response.first().map(ParsedSingleResponse::summary).orElse("no SingleResponse");
        }
    }
}
