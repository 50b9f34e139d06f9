package org.precertocsp.responder.audit;

import java.util.Optional;
import org.precertocsp.der.ByteString;

/// A log's tree as known from outside: at that size, the current tree must have this root.
///
/// @param whose its source, for messages: `the store`, a file of a witness
/// @param note the checkpoint that must follow these records; empty if it is not known
public record KnownTreeHead(String whose, long size, ByteString root, Optional<String> note) {
    KnownTreeHead(String whose, long size, ByteString root) {
        this(whose, size, root, Optional.empty());
    }
}
