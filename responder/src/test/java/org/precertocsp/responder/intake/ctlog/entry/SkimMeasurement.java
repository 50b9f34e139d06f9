package org.precertocsp.responder.intake.ctlog.entry;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.FedIssuer;

/// How many entries one core skims, none of them ours, against parsing each entry's TBSCertificate;
/// run by hand with the test class path: `java -cp …
/// org.precertocsp.responder.intake.ctlog.entry.SkimMeasurement TILE JSON`, on a data tile of
/// precertificates and the same entries as a get-entries answer.
///
/// Skimming includes the leaf hash, which the proof needs; parsing does not. Neither downloads or
/// unpacks anything, and the same page again and again is kinder to caches than a log is.
public final class SkimMeasurement {
    private static final long LAP_NANOS = 3_000_000_000L;
    private static final int LAPS = 2;

    private interface Pass {
        /// Returns the entries passed over.
        int run() throws MalformedEntry;
    }

    private SkimMeasurement() {}

    /// @param arguments tile, answer
    public static void main(String[] arguments) throws IOException, MalformedEntry {
        byte[] tile = Files.readAllBytes(Path.of(arguments[0]));
        byte[] json = Files.readAllBytes(Path.of(arguments[1]));
        OurIssuers ours = ours();
        List<byte[]> bodies = bodies(tile);
        System.out.printf("%d entries, tile of %,d octets%n", bodies.size(), tile.length);
        for (int lap = 0; lap < LAPS; lap++) {
            time("skim a data tile", () -> DataTile.read(tile, 0, ours).count());
            time("skim get-entries", () -> GetEntries.read(json, 0, 10_000, ours).count());
            time("parse with Bouncy Castle", () -> parse(bodies));
        }
    }

    private static OurIssuers ours() {
        List<FedIssuer> issuers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            issuers.add(
                    new FedIssuer(
                            "issuer " + i,
                            List.of(TestCa.root("Measured CA " + i).certificate()),
                            IssuerProfile.PRIVATE));
        }
        return OurIssuers.of(new FedIssuer.Directory(issuers));
    }

    private static List<byte[]> bodies(byte[] tile) throws MalformedEntry {
        List<byte[]> bodies = new ArrayList<>();
        for (int at = 0; at < tile.length; ) {
            TimestampedEntry entry = TimestampedEntry.read(tile, at, tile.length);
            bodies.add(entry.body().toArray());
            TlsCursor cursor = new TlsCursor(tile, entry.end(), tile.length);
            Submitted.ofTile(cursor, entry.kind());
            at = cursor.at();
        }
        return bodies;
    }

    private static int parse(List<byte[]> bodies) {
        int parsed = 0;
        for (byte[] body : bodies) {
            TBSCertificate tbs = TBSCertificate.getInstance(body);
            parsed += tbs.getSerialNumber() != null && tbs.getIssuer() != null ? 1 : 0;
        }
        return parsed;
    }

    private static void time(String what, Pass pass) throws MalformedEntry {
        long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long end = System.nanoTime() + LAP_NANOS;
        long entries = 0;
        while (System.nanoTime() < end) {
            entries += pass.run();
        }
        long spent = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu;
        System.out.printf("%-26s %,11.0f entries/s of processor%n", what, entries * 1e9 / spent);
    }
}
