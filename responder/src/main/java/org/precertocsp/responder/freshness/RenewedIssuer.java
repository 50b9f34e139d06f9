package org.precertocsp.responder.freshness;

import org.precertocsp.responder.answer.ServedIssuer;
import org.precertocsp.signer.ResponseSigner;

/// An issuer whose responses are kept fresh.
///
/// @param name in the configuration
/// @param urgent signs what a revocation changed, before all else
/// @param background signs what nobody waits for
/// @param parallel signatures at once; each on a platform thread, since it may be computed there
public record RenewedIssuer(
        String name,
        ServedIssuer issuer,
        ResponseSigner urgent,
        ResponseSigner background,
        int parallel) {}
