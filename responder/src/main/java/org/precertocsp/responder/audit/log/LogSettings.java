package org.precertocsp.responder.audit.log;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Supplier;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.audit.seal.SealKey;

/// What one log is made of.
///
/// @param origin names it in checkpoints; never changes
/// @param segmentOctets a file of that size is followed by another and compressed
/// @param carry what the first record of a file tells its reader of the files before
/// @param alarm told of a log that is not what was written
/// @param packAfter how long files that an earlier process filled wait to be compressed
public record LogSettings(
        Path folder,
        String origin,
        SealKey key,
        Anchor anchor,
        long segmentOctets,
        Supplier<Map<String, Object>> carry,
        Alarm alarm,
        InstantSource clock,
        Duration packAfter) {
    /// Where the newest checkpoint lies for witnesses.
    public static final String CHECKPOINT_FILE = "checkpoint";

    /// Where they find the key that signed it.
    public static final String VERIFIER_FILE = "vkey";
}
