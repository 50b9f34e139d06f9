package org.precertocsp.responder.renewal;

import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.signer.BoundedSigner;
import org.precertocsp.signer.CredentialLoader;
import org.precertocsp.signer.ReloadableSigner;

/// One issuer's credential in use, and its loader.
///
/// @param issuer its name in the configuration
/// @param current signs with the newest credential
/// @param bounded the signer of the answer layers, around `current`
public record IssuerCredential(
        String issuer,
        IssuerKey key,
        CredentialLoader loader,
        ReloadableSigner current,
        BoundedSigner bounded) {}
