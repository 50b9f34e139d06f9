package org.precertocsp.responder.status;

import org.precertocsp.ocsp.IssuerKey;

/// A series of CRLs with increasing numbers.
///
/// @param part the distribution point's URI for a shard, empty for a full CRL
public record CrlScope(IssuerKey issuer, String part) {}
