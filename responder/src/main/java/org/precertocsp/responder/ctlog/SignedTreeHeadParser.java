package org.precertocsp.responder.ctlog;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Base64;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.io.Json;

/// Parses and verifies the get-sth response of an RFC 6962 log (§4.3).
public final class SignedTreeHeadParser {
    private SignedTreeHeadParser() {}

    /// @throws UntrustedTreeHeadException not a tree head, or not signed by the log's key
    public static LogTreeHead read(byte[] json, LogPublicKey key)
            throws UntrustedTreeHeadException {
        JsonNode answer;
        try {
            answer = Json.MAPPER.readTree(json);
        } catch (IOException _) {
            throw new UntrustedTreeHeadException("the answer to get-sth is not JSON");
        }
        LogTreeHead head =
                LogTreeHead.of(
                        number(answer, "tree_size"),
                        base64(answer, "sha256_root_hash"),
                        number(answer, "timestamp"));
        key.verify(head, base64(answer, "tree_head_signature"));
        return head;
    }

    private static long number(JsonNode answer, String field) throws UntrustedTreeHeadException {
        JsonNode value = answer.path(field);
        if (!value.canConvertToLong() || !value.isIntegralNumber()) {
            throw new UntrustedTreeHeadException("the answer to get-sth has no number " + field);
        }
        return value.longValue();
    }

    private static ByteString base64(JsonNode answer, String field)
            throws UntrustedTreeHeadException {
        try {
            return ByteString.of(Base64.getDecoder().decode(answer.path(field).asText()));
        } catch (IllegalArgumentException _) {
            throw new UntrustedTreeHeadException(
                    "in the answer to get-sth, " + field + " is not base64");
        }
    }
}
