package org.precertocsp.signer;

import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeyFailure;
import org.precertocsp.signer.key.SigningKey;

/// Opens keys; the seam between a credential and the places keys live in.
@FunctionalInterface
public interface KeyOpener {
    /// @throws KeyFailure the key cannot be had; the message says why and what to do
    SigningKey open(KeyConfig config) throws KeyFailure;
}
