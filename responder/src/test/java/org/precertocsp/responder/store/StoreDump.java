package org.precertocsp.responder.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.CtObservation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.TestChanges;

/// Everything a store holds, row by row, but for the times at which it was taken in and the marks
/// by which the audit log knows its sets: two stores that took in the same are equal by it.
public final class StoreDump {
    /// Not facts, and lost without harm.
    private static final Set<ColumnFamily> KEPT =
            EnumSet.complementOf(
                    EnumSet.of(
                            ColumnFamily.RESPONSES, ColumnFamily.TEMPLATES, ColumnFamily.RENEWALS));

    private StoreDump() {}

    /// One line for each row, in the order of families and keys.
    public static List<String> of(Path directory) {
        List<String> lines = new ArrayList<>();
        try (RocksDatabase database =
                new StoreOpener(new StoreConfig(directory, 8 << 20)).readOnly()) {
            database.onSnapshot(
                    view -> {
                        for (ColumnFamily family : KEPT) {
                            view.scan(
                                    family,
                                    new byte[0],
                                    (key, value) -> {
                                        if (!isOfAudit(key)) {
                                            lines.add(line(family, key, value));
                                        }
                                    });
                        }
                        return true;
                    });
        }
        return lines;
    }

    private static boolean isOfAudit(byte[] key) {
        return new String(key, StandardCharsets.US_ASCII).startsWith("audit ");
    }

    private static String line(ColumnFamily family, byte[] key, byte[] value) {
        return "%s %s: %s".formatted(family, ByteString.of(key).toHex(), text(family, value));
    }

    private static String text(ColumnFamily family, byte[] value) {
        return switch (family) {
            case SOURCES -> {
                ChangeSource source = RecordCodec.source(value);
                yield source.kind() + " " + source.name() + " " + source.sha256();
            }
            case SIGHTINGS -> {
                // Whose it is does not matter here; the key says it.
                SerialKey any = TestChanges.KEY;
                CtObservation seen = RecordCodec.sighting(any, value);
                yield seen.document() + " " + seen.assigned() + " " + seen.state();
            }
            default -> ByteString.of(value).toHex();
        };
    }
}
