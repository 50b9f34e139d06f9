package org.precertocsp.responder.audit.verify;

import java.util.Optional;
import org.precertocsp.ocsp.Octets;

/// A log's tree as known from elsewhere: its tree at one time must be the beginning of the tree
/// there is.
///
/// @param whose who knows it, for messages: `the store`, a file of a witness
/// @param note the checkpoint that must stand after so many records; empty where that is not known
public record Known(String whose, long size, Octets root, Optional<String> note) {
    Known(String whose, long size, Octets root) {
        this(whose, size, root, Optional.empty());
    }
}
