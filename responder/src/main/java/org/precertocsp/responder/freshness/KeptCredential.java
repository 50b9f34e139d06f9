package org.precertocsp.responder.freshness;

import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.signer.BoundedSigner;
import org.precertocsp.signer.CredentialLoader;
import org.precertocsp.signer.ReloadableSigner;

/// One issuer's credential in use, and the means to renew it.
///
/// @param issuer its name in the configuration
/// @param current signs with the newest credential
/// @param bounded around `current`: what the answer chain signs with
public record KeptCredential(
        String issuer,
        IssuerKey key,
        CredentialLoader loader,
        ReloadableSigner current,
        BoundedSigner bounded) {}
