package org.precertocsp.responder.audit.keep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.audit.log.AuditLog;
import org.precertocsp.responder.audit.log.Books;
import org.precertocsp.responder.audit.log.Segment;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.Facts;
import org.precertocsp.responder.status.InMemoryStatusStore;

/// How long a prune takes to be refused where only the very last of many files holds a record that
/// must stay: the worst case, for all of them are read. Statuses are looked up in memory. Run by
/// hand with the test class path: `java -cp … org.precertocsp.responder.audit.keep.PruneMeasurement
/// DIRECTORY FILES`; files are of 10 MB before compression.
final class PruneMeasurement {
    private static final int SEGMENT_OCTETS = 10_000_000;
    private static final int RECORDS_OF_A_FILE = 1_000;
    private static final int ROUNDS = 5;
    private static final Instant LATER = Instant.parse("2028-12-24T12:00:00Z");

    private PruneMeasurement() {}

    /// @param arguments an empty directory, how many files
    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        int files = Integer.parseInt(arguments[1]);
        Books books = new Books(directory, SEGMENT_OCTETS);
        InMemoryStatusStore statuses = new InMemoryStatusStore();
        try (ChangeSet set = statuses.begin(Facts.source("feed"))) {
            set.apply(Facts.precertificate(Facts.KEY));
            set.commit();
        }
        try (AuditLog log = books.open()) {
            for (int i = 1; i < files; i++) {
                write(log, "STOP");
            }
            log.append(
                    "CHANGES",
                    Map.of(
                            "issuer",
                            Map.of("keySha256", Facts.ISSUER.keyHash(HashAlgorithm.SHA256).toHex()),
                            "changes",
                            List.of(Facts.KEY.serial().toHex() + " + precertificate 1801396800")));
            write(log, "STOP");
            books.awaitPacked();
            books.clock.pass(Duration.between(books.clock.instant(), LATER));
            refuse(log, new Retention(List.of(term()), statuses, books.clock));
        }
    }

    private static Term term() {
        Instant end = Instant.parse("2030-01-01T00:00:00Z");
        return new Term("first", Facts.ISSUER, end, Duration.ZERO);
    }

    private static void write(AuditLog log, String kind) {
        String what = "x".repeat(SEGMENT_OCTETS / RECORDS_OF_A_FILE);
        for (int i = 0; i < RECORDS_OF_A_FILE; i++) {
            log.append(kind, Map.of("who", "precert-ocsp", "details", Map.of("what", what)));
        }
        log.seal();
    }

    private static void refuse(AuditLog log, Retention retention) throws IOException {
        List<Double> millis = new ArrayList<>();
        int before = Segment.list(log.folder()).size();
        Hold hold = null;
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            hold =
                    new Pruning(List.of(log), retention, () -> {})
                            .prune(LATER, true)
                            .getFirst()
                            .hold()
                            .orElseThrow();
            millis.add((System.nanoTime() - start) / 1e6);
        }
        millis.sort(null);
        System.out.printf(
                "refused in %.0f ms (median) for a record in the last of %d files of %d MB; kept %d"
                        + " of %d; %s%n",
                millis.get(millis.size() / 2),
                before - 1,
                SEGMENT_OCTETS / 1_000_000,
                Segment.list(log.folder()).size(),
                before,
                hold);
    }
}
