package org.precertocsp.signer;

import java.security.PublicKey;
import java.util.Optional;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.SigningKey;
import org.precertocsp.signer.key.SigningKeyException;

/// Opens keys; the seam between a credential and the places keys live in.
@FunctionalInterface
public interface KeyOpener {
    /// @param certified the public key of the certificate that goes with it, where that is readable
    /// @throws SigningKeyException the key cannot be had; the message says why and what to do
    SigningKey open(KeyConfig config, Optional<PublicKey> certified) throws SigningKeyException;
}
