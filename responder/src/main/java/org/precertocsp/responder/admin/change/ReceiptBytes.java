package org.precertocsp.responder.admin.change;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.status.StoreFailure;

/// Receipts as they are kept.
final class ReceiptBytes {
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .addModule(new Jdk8Module())
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    private ReceiptBytes() {}

    static Octets of(Receipt receipt) {
        try {
            return Octets.of(JSON.writeValueAsString(receipt).getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a receipt is plain data", e);
        }
    }

    static Receipt read(Octets bytes) {
        try {
            return JSON.readValue(bytes.toArray(), Receipt.class);
        } catch (IOException e) {
            throw new StoreFailure("a kept reply is damaged: " + e.getMessage(), e);
        }
    }
}
