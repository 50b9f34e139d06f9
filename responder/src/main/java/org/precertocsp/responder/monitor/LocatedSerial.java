package org.precertocsp.responder.monitor;

import java.util.Set;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.status.SerialKey;

/// A serial of an issuer, and the sources that know it.
record LocatedSerial(ConfiguredIssuer issuer, Serial serial, Set<SourceKind> sources) {
    SerialKey key() {
        return new SerialKey(issuer.key(), serial);
    }
}
