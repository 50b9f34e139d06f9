package org.precertocsp.signer;

import java.security.PublicKey;
import java.util.Optional;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.SigningKey;
import org.precertocsp.signer.key.SigningKeyException;

/// Opens keys; separates a credential from the kinds of key storage.
@FunctionalInterface
public interface KeyOpener {
    /// @param certified the public key of the associated certificate, if that is readable
    /// @throws SigningKeyException if the key cannot be opened; the message gives the cause and the
    ///   remedy
    SigningKey open(KeyConfig config, Optional<PublicKey> certified) throws SigningKeyException;
}
