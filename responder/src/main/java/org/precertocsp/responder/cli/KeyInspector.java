package org.precertocsp.responder.cli;

import java.security.PublicKey;
import java.util.Optional;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeyReport;
import org.precertocsp.signer.key.SigningKeyException;

/// Opens a key, reads its properties, and closes it again.
@FunctionalInterface
public interface KeyInspector {
    /// @param expected the public key of the certificate that belongs to it
    /// @throws SigningKeyException it cannot be opened, or is a different key
    KeyReport inspect(KeyConfig config, Optional<PublicKey> expected) throws SigningKeyException;
}
