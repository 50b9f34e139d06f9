package org.precertocsp.responder.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.InMemoryStatusStore;
import org.precertocsp.responder.status.TestChanges;

/// What must stay, and that nothing else keeps a file from going.
final class RetentionPolicyTest {
    /// When the records were written; their certificate ends at [TestChanges#NOT_AFTER], in January
    /// 2027.
    private static final Instant WRITTEN = Instant.parse("2026-11-21T12:00:00Z");

    private static final String KEY = TestChanges.ISSUER.keyHash(HashAlgorithm.SHA256).toHex();
    private static final String SERIAL = TestChanges.KEY.serial().toHex();

    @TempDir Path above;
    private TestAuditLogs books;
    private AuditLog log;
    private final InMemoryStatusStore statuses = new InMemoryStatusStore();

    @BeforeEach
    void open() throws IOException {
        books = new TestAuditLogs(above, 3_000);
        log = books.open();
        try (ChangeSet set = statuses.begin(TestChanges.source("feed"))) {
            set.apply(TestChanges.precertificate(TestChanges.KEY));
            set.commit();
        }
    }

    @AfterEach
    void close() {
        log.close();
    }

    private static Map<String, Object> fields(String kind) {
        return switch (kind) {
            case "CHANGES" ->
                    Map.of(
                            "issuer",
                            Map.of("keySha256", KEY),
                            "changes",
                            List.of(SERIAL + " + precertificate 1801396800"));
            case "SIGNATURES" ->
                    Map.of(
                            "issuerKeySha256",
                            KEY,
                            "signatures",
                            new CanonicalJson.Ready("[\"" + SERIAL + " good 1 2 aa\"]"));
            case "CREDENTIAL" -> Map.of("details", Map.of("issuerKeySha256", KEY));
            default -> Map.of("who", "somebody");
        };
    }

    private LogPruner.Outcome prune(String kind, Instant now, Duration pastExpiry)
            throws IOException, InterruptedException {
        log.append(kind, fields(kind));
        log.append("ALERT", Map.of("who", "x".repeat(3_000)));
        log.seal();
        books.awaitPacked();
        books.clock.pass(Duration.between(books.clock.instant(), now));
        IssuerRetention term =
                new IssuerRetention(
                        "first",
                        TestChanges.ISSUER,
                        Instant.parse("2030-01-01T00:00:00Z"),
                        pastExpiry);
        RetentionPolicy retention = new RetentionPolicy(List.of(term), statuses, books.clock);
        // Closed by the test, not by the pruning.
        return new LogPruner(List.of(log), retention, () -> {})
                .prune(WRITTEN.plusSeconds(1), true)
                .getFirst();
    }

    @ParameterizedTest
    @CsvSource({
        "CHANGES,     2028-01-01T00:00:00Z, 0,    RT-04",
        "ACCESS_REFUSED, 2028-01-01T00:00:00Z, 0, RT-03",
        "CHANGES,     2029-01-15T00:00:00Z, 0,    RT-01",
        "SIGNATURES,  2029-01-15T00:00:00Z, 0,    RT-01",
        "CREDENTIAL,  2031-12-31T00:00:00Z, 0,    RT-02",
        "CHANGES,     2036-01-01T00:00:00Z, 3653, RT-05"
    })
    @Requirement({"RT-01", "RT-02", "RT-03", "RT-04", "RT-05", "LG-07"})
    void what_must_stay_is_refused_with_its_rule(
            String kind, Instant now, int daysPastExpiry, String rule) throws Exception {
        LogPruner.Outcome outcome = prune(kind, now, Duration.ofDays(daysPastExpiry));

        assertThat(outcome.hold().map(RetentionHold::rule)).contains(rule);
        assertThat(outcome.removed()).isEmpty();
        assertThat(LogSegment.list(books.folder).getFirst().first()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "CHANGES, 2029-02-02T00:00:00Z",
        "SIGNATURES, 2029-02-02T00:00:00Z",
        "CREDENTIAL, 2032-01-03T00:00:00Z",
        "ACCESS_REFUSED, 2028-11-22T00:00:00Z"
    })
    void what_no_rule_keeps_goes_and_the_rest_is_still_proven(String kind, Instant now)
            throws Exception {
        LogPruner.Outcome outcome = prune(kind, now, Duration.ZERO);

        assertThat(outcome.hold()).isEmpty();
        assertThat(outcome.removed()).isNotEmpty();
        assertThat(LogSegment.list(books.folder).getFirst().first()).isPositive();
        assertThat(problems()).isEmpty();
    }

    @Test
    @Requirement({"RT-03", "RT-04"})
    void records_removed_before_their_time_are_found_though_the_removal_is_recorded()
            throws Exception {
        log.append("ALERT", Map.of("who", "x".repeat(3_000)));
        log.seal();
        books.awaitPacked();
        List<LogSegment> segments = LogSegment.list(books.folder);
        books.clock.pass(Duration.ofDays(700));
        log.append(
                "PRUNED", Map.of("before", segments.get(1).first(), "newest", WRITTEN.toString()));
        log.seal();
        Files.delete(segments.getFirst().file());

        assertThat(problems()).anyMatch(problem -> problem.contains("before they were two years"));
    }

    @Test
    @Requirement("RT-04")
    void a_beginning_that_is_missing_without_a_record_of_it_is_found() throws Exception {
        log.append("ALERT", Map.of("who", "x".repeat(3_000)));
        log.seal();
        books.awaitPacked();
        Files.delete(LogSegment.list(books.folder).getFirst().file());

        assertThat(problems()).anyMatch(problem -> problem.contains("missing"));
    }

    private List<String> problems() throws IOException {
        return new LogVerifier(books.folder, books.key.verifier(TestAuditLogs.ORIGIN), false)
                .verify(List.of(), _ -> {}).problems().stream().map(Object::toString).toList();
    }
}
