package org.precertocsp.responder.admin.change;

import java.io.IOException;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.io.Json;
import org.precertocsp.responder.status.StoreFailure;

/// Receipts as they are kept.
final class ReceiptBytes {
    private ReceiptBytes() {}

    static Octets of(Receipt receipt) {
        return Octets.of(Json.bytes(receipt));
    }

    static Receipt read(Octets bytes) {
        try {
            return Json.MAPPER.readValue(bytes.toArray(), Receipt.class);
        } catch (IOException e) {
            throw new StoreFailure("a kept reply is damaged: " + e.getMessage(), e);
        }
    }
}
