package org.precertocsp.responder.rocksdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// Finds damage in the files that RocksDB writes as logs: the write-ahead logs and the manifest.
///
/// Such a file is blocks of 32 KiB filled with records, each a header of CRC-32C (4), length (2)
/// and type (1), and data; the CRC is of type and data. The length is not covered: where it was
/// changed to lead behind the end of the file, RocksDB believes that a crash cut the record off,
/// and drops it without a word. Zeros for a header it skips with the rest of the block. Here both
/// are told from what a crash leaves: a record cut off has no part of its data that its CRC is
/// right for, and nothing but zeros follows zeros.
final class LogFileCheck {
    /// @param file its name
    /// @param at byte of the record's header
    record Damage(String file, long at, String what) {
        /// Whether the list of the store's tables is damaged, and not only what was written last.
        boolean isManifest() {
            return file.startsWith(MANIFEST);
        }

        @Override
        public String toString() {
            return "%s is damaged at byte %d: %s".formatted(file, at, what);
        }
    }

    private static final String MANIFEST = "MANIFEST-";
    private static final int BLOCK = 1 << 15;
    private static final int HEADER = 7;
    private static final int MASK_DELTA = 0xa282ead8;

    /// Zeros at the end of a file that a machine left whose power failed: it had become longer, and
    /// its data were not written yet.
    private static final int UNWRITTEN = 512;

    private final String name;
    private final byte[] bytes;

    private LogFileCheck(String name, byte[] bytes) {
        this.name = name;
        this.bytes = bytes;
    }

    /// The first damage in the logs of a store, the manifest first; none if there is no store.
    ///
    /// @param manifestOnly leave the write-ahead logs aside
    /// @throws IOException a file cannot be read
    static Optional<Damage> find(Path directory, boolean manifestOnly) throws IOException {
        Path current = directory.resolve("CURRENT");
        if (!Files.exists(current)) {
            return Optional.empty();
        }
        String manifest = Files.readString(current, StandardCharsets.ISO_8859_1).strip();
        for (Path file : logs(directory, manifest, manifestOnly)) {
            Optional<Damage> damage =
                    new LogFileCheck(String.valueOf(file.getFileName()), Files.readAllBytes(file))
                            .find();
            if (damage.isPresent()) {
                return damage;
            }
        }
        return Optional.empty();
    }

    private static List<Path> logs(Path directory, String manifest, boolean manifestOnly)
            throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(
                            file -> {
                                String name = String.valueOf(file.getFileName());
                                return name.equals(manifest)
                                        || (!manifestOnly && name.matches("\\d+\\.log"));
                            })
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
    }

    private Optional<Damage> find() {
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        while (at < bytes.length) {
            int left = BLOCK - at % BLOCK;
            if (left < HEADER) {
                at += left;
                continue;
            }
            if (bytes.length - at < HEADER) {
                // Half a header.
                return Optional.empty();
            }
            int crc = file.getInt(at);
            int length = file.getShort(at + 4) & 0xffff;
            int type = bytes[at + 6] & 0xff;
            if (type == 0 && length == 0) {
                return isZero(at, bytes.length)
                        ? Optional.empty()
                        : damage(at, "a record was overwritten with zeros");
            }
            int end = at + HEADER + length;
            if (length > left - HEADER || end > bytes.length) {
                return cutOff(at, crc, Math.min(at + left, bytes.length));
            }
            CRC32C of = new CRC32C();
            of.update(bytes, at + 6, length + 1);
            if (masked(of) != crc) {
                return isUnwritten() ? Optional.empty() : damage(at, "the checksum is wrong");
            }
            at = end;
        }
        return Optional.empty();
    }

    /// A record that claims to be longer than what is there: cut off, unless a shorter one is
    /// whole.
    private Optional<Damage> cutOff(int at, int crc, int limit) {
        if (limit < bytes.length) {
            return damage(at, "a record is longer than its block");
        }
        CRC32C of = new CRC32C();
        for (int end = at + 6; end < limit; end++) {
            of.update(bytes[end]);
            if (masked(of) == crc) {
                return damage(at, "the length of a record was changed");
            }
        }
        return Optional.empty();
    }

    private static int masked(CRC32C crc) {
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
    }

    private boolean isUnwritten() {
        return bytes.length >= UNWRITTEN && isZero(bytes.length - UNWRITTEN, bytes.length);
    }

    private boolean isZero(int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private Optional<Damage> damage(long at, String what) {
        return Optional.of(new Damage(name, at, what));
    }
}
