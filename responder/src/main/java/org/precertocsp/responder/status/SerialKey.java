package org.precertocsp.responder.status;

import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Serial;

/// One serial of one issuer key: the key of a status record.
public record SerialKey(IssuerKey issuer, Serial serial) {
    @Override
    public String toString() {
        return serial + " of " + issuer;
    }
}
