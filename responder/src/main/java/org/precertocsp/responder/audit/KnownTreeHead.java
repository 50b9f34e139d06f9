package org.precertocsp.responder.audit;

import java.util.Optional;
import org.precertocsp.der.ByteString;

/// A log's tree as known from elsewhere: its tree at one time must be the beginning of the tree
/// there is.
///
/// @param whose who knows it, for messages: `the store`, a file of a witness
/// @param note the checkpoint that must stand after so many records; empty where that is not known
public record KnownTreeHead(String whose, long size, ByteString root, Optional<String> note) {
    KnownTreeHead(String whose, long size, ByteString root) {
        this(whose, size, root, Optional.empty());
    }
}
