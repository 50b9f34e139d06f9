package org.precertocsp.responder.status;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.precertocsp.der.ByteString;

/// The source of changes: stored once per file, referenced by every piece of evidence.
///
/// @param kind the feed, such as `crl` or `certificates`
/// @param name the file as the operator named it, or `stdin`
/// @param sha256 of the file's bytes
/// @param takenIn when the load began, whole seconds UTC
public record ChangeSource(String kind, String name, ByteString sha256, Instant takenIn) {
    /// The kind of entries from Certificate Transparency logs; no feed of the CA has it.
    public static final String CT_LOG = "ct-log";

    /// The kind of requests to the API.
    public static final String API = "api";

    public ChangeSource {
        takenIn = takenIn.truncatedTo(ChronoUnit.SECONDS);
    }

    public boolean isLog() {
        return kind.equals(CT_LOG);
    }
}
