package org.precertocsp.responder.intake.crl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Signature;
import java.security.SignatureException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.CountingSink;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.TestFeed;

/// A million entries pass through without being held.
final class BigCrlTest {
    private static final int ENTRIES = 1_000_000;
    private static final long MEBIBYTE = 1 << 20;
    private static final TestCa CA = TestCa.root("Big Root");

    @TempDir Path directory;

    @Test
    @Timeout(60)
    @Requirement("CR-23")
    void a_million_entries_load_in_bounded_memory() throws Exception {
        Path file = directory.resolve("big.crl");
        write(file);
        MemoryWatch memory = new MemoryWatch();
        CountingSink sink = new CountingSink(memory::look);
        CrlFeed feed =
                new CrlFeed(
                        new FedIssuer.Directory(
                                List.of(TestFeed.issuer("big", CA, IssuerProfile.PRIVATE))),
                        () -> TestFeed.NOW);

        feed.read(TestFeed.file(file), sink);

        assertThat(Files.size(file)).isGreaterThan(40 * MEBIBYTE);
        assertThat(sink.count()).isEqualTo(ENTRIES);
        assertThat(memory.mostUsed - memory.leastUsed).isLessThan(8 * MEBIBYTE);
    }

    /// Streams a CRL of entries that all have the same length, so that every length is known ahead.
    private static void write(Path file) throws Exception {
        byte[] entry = entry();
        int list = ENTRIES * entry.length;
        byte[] listHeader = RawCrl.header(0x30, list);
        byte[] start = concat(RawCrl.V2, RawCrl.ECDSA_SHA256, RawCrl.name(CA), time());
        byte[] tbsHeader = RawCrl.header(0x30, start.length + listHeader.length + list);
        Path tbs = file.resolveSibling("tbs");
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(CA.keys().getPrivate());
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(tbs), 1 << 16)) {
            put(out, signature, concat(tbsHeader, start, listHeader));
            for (long i = 0; i < ENTRIES; i++) {
                ByteBuffer.wrap(entry).putLong(12, i);
                put(out, signature, entry);
            }
        }
        byte[] end = concat(RawCrl.ECDSA_SHA256, RawCrl.tlv(0x03, new byte[1], signature.sign()));
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(RawCrl.header(0x30, (int) Files.size(tbs) + end.length));
            Files.copy(tbs, out);
            out.write(end);
        }
    }

    /// Sixteen octets of serial; the last eight, from offset 12, are the entry's number.
    private static byte[] entry() {
        byte[] reason = RawCrl.tlv(0x30, RawCrl.extension("551d15", RawCrl.hex("0a0104")));
        return RawCrl.entry("4c".repeat(16), Instant.parse("2026-05-01T00:00:00Z"), reason);
    }

    private static byte[] time() {
        return RawCrl.time(TestFeed.NOW.minusSeconds(60));
    }

    private static byte[] concat(byte[]... parts) {
        byte[] wrapped = RawCrl.tlv(0x30, parts);
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        return Arrays.copyOfRange(wrapped, wrapped.length - length, wrapped.length);
    }

    private static void put(OutputStream out, Signature signature, byte[] octets)
            throws IOException, SignatureException {
        signature.update(octets);
        out.write(octets);
    }

    /// Looks now and then how much memory is in use.
    private static final class MemoryWatch {
        private static final int LOOK_EVERY = ENTRIES / 4;

        private long calls;
        private long leastUsed = Long.MAX_VALUE;
        private long mostUsed;

        void look() {
            if (calls++ % LOOK_EVERY == 0) {
                System.gc();
                Runtime runtime = Runtime.getRuntime();
                long used = runtime.totalMemory() - runtime.freeMemory();
                leastUsed = Math.min(leastUsed, used);
                mostUsed = Math.max(mostUsed, used);
            }
        }
    }
}
