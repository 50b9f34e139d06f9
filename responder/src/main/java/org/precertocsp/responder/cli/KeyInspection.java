package org.precertocsp.responder.cli;

import java.security.PublicKey;
import java.util.Optional;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeyFailure;
import org.precertocsp.signer.key.KeyReport;

/// Opens a key, looks at it, and closes it again.
@FunctionalInterface
public interface KeyInspection {
    /// @param expected the public key of the certificate that goes with it
    /// @throws KeyFailure it cannot be opened, or is another than expected
    KeyReport inspect(KeyConfig config, Optional<PublicKey> expected) throws KeyFailure;
}
