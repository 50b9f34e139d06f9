package org.precertocsp.responder.intake.ctlog.head;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Base64;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.io.Json;

/// Parses and verifies the get-sth response of an RFC 6962 log (§4.3).
public final class SignedTreeHead {
    private SignedTreeHead() {}

    /// @throws UntrustedHead not a tree head, or not signed by the log's key
    public static TreeHead read(byte[] json, LogKey key) throws UntrustedHead {
        JsonNode answer;
        try {
            answer = Json.MAPPER.readTree(json);
        } catch (IOException _) {
            throw new UntrustedHead("the answer to get-sth is not JSON");
        }
        TreeHead head =
                TreeHead.of(
                        number(answer, "tree_size"),
                        base64(answer, "sha256_root_hash"),
                        number(answer, "timestamp"));
        key.verify(head, base64(answer, "tree_head_signature"));
        return head;
    }

    private static long number(JsonNode answer, String field) throws UntrustedHead {
        JsonNode value = answer.path(field);
        if (!value.canConvertToLong() || !value.isIntegralNumber()) {
            throw new UntrustedHead("the answer to get-sth has no number " + field);
        }
        return value.longValue();
    }

    private static Octets base64(JsonNode answer, String field) throws UntrustedHead {
        try {
            return Octets.of(Base64.getDecoder().decode(answer.path(field).asText()));
        } catch (IllegalArgumentException _) {
            throw new UntrustedHead("in the answer to get-sth, " + field + " is not base64");
        }
    }
}
