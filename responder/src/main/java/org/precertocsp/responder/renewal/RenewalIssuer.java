package org.precertocsp.responder.renewal;

import org.precertocsp.responder.answer.ServedIssuer;
import org.precertocsp.signer.ResponseSigner;

/// An issuer whose responses are renewed.
///
/// @param name in the configuration
/// @param urgent signs after revocations, with the highest priority
/// @param background signs with low priority
/// @param parallel concurrent signatures; each on a platform thread, since software keys compute
///   there
public record RenewalIssuer(
        String name,
        ServedIssuer issuer,
        ResponseSigner urgent,
        ResponseSigner background,
        int parallel) {}
