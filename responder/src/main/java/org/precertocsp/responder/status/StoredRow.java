package org.precertocsp.responder.status;

import java.util.Optional;
import org.precertocsp.der.ByteString;

/// One row of a store, as nodes of a cluster exchange it: what a key has from now on.
///
/// @param value empty if the row is deleted
public record StoredRow(Family family, ByteString key, Optional<ByteString> value) {
    /// Longer than any key of the store.
    public static final int MAX_KEY_BYTES = 1_024;

    public StoredRow {
        if (key.length() == 0 || key.length() > MAX_KEY_BYTES) {
            throw new IllegalArgumentException("a key of %d bytes".formatted(key.length()));
        }
    }

    /// The families of the store whose rows are exchanged. Codes never change. Signed responses
    /// travel in another way, and each node plans its renewals itself.
    public enum Family {
        META(0),
        STATUS(1),
        EVIDENCE(2),
        CONFLICTS(3),
        HISTORY(4),
        SOURCES(5),
        CRL_HEADS(6),
        ISSUERS(7),
        TEMPLATES(9),
        SIGHTINGS(11);

        private final int code;

        Family(int code) {
            this.code = code;
        }

        /// Also its number in the store.
        public int code() {
            return code;
        }

        public static Optional<Family> ofCode(int code) {
            for (Family family : values()) {
                if (family.code == code) {
                    return Optional.of(family);
                }
            }
            return Optional.empty();
        }
    }
}
