package org.precertocsp.responder.audit.log;

import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.audit.seal.Verifier;

/// A log's size and root as its writer knows them at one moment.
///
/// @param size number of records sealed by a checkpoint, that one included
/// @param root of the tree over them
public record Head(Verifier verifier, long size, Octets root) {}
