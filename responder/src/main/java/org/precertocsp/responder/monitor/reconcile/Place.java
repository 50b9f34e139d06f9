package org.precertocsp.responder.monitor.reconcile;

import java.util.Set;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.status.SerialKey;

/// A serial of an issuer, and the sources that know it.
record Place(FedIssuer issuer, Serial serial, Set<Source> sources) {
    SerialKey key() {
        return new SerialKey(issuer.key(), serial);
    }
}
