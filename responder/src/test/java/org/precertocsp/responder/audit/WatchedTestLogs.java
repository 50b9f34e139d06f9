package org.precertocsp.responder.audit;

import static org.precertocsp.TestWait.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.responder.alert.Alert;
import org.precertocsp.responder.alert.AlertAuditRecorder;
import org.precertocsp.responder.alert.AlertChannelConfig;
import org.precertocsp.responder.alert.AlertChannels;
import org.precertocsp.responder.alert.AlertConfig;
import org.precertocsp.responder.alert.AlertService;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.intake.FakeClock;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.signer.ResponderCredential;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.SigningJournal;
import org.precertocsp.signer.SingleResponseContent;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeySource;
import org.precertocsp.signer.key.PrivateKeys;

/// The audit directory of a running server, with its monitor, and its alerts going out through a
/// program and a webhook.
final class WatchedTestLogs implements AutoCloseable {
    private static final long SEGMENT_OCTETS = 3_000;

    final Map<String, String> store = new ConcurrentHashMap<>();
    private final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T12:00:00Z"));
    private final AtomicLong raised = new AtomicLong();
    private final List<String> posted = new CopyOnWriteArrayList<>();
    private final Path above;
    private final AuditConfig config;
    private final CheckpointSigner key;
    private final AuditLog events;
    private final SignatureJournal journal;
    private final SigningJournal.Page page;
    private final HttpServer webhook;
    private final Path written;
    private final AlertService desk;
    private final LogIntegrityMonitor monitor;
    private int signatures;

    WatchedTestLogs(Path above) throws Exception {
        this.above = above;
        Path directory = Files.createDirectory(above.resolve("audit"));
        this.config =
                new AuditConfig(
                        directory,
                        Optional.empty(),
                        "tampered",
                        SEGMENT_OCTETS,
                        Duration.ofMillis(20),
                        // Never again after the first: what is shown is what the short check finds.
                        Duration.ofDays(10_000));
        this.key = CheckpointSigner.create(config.keyFile());
        this.events =
                AuditLog.open(
                        settings(config.events(), config.eventsOrigin(), Map::of),
                        _ -> {},
                        AuditLog.OnDamage.BEGIN_ANEW);
        this.journal =
                SignatureJournal.open(
                        carry -> settings(config.signatures(), config.signaturesOrigin(), carry),
                        AuditTrail.NONE,
                        config.pending());
        this.page = journal.open(credential());
        this.webhook =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        webhook.createContext(
                "/",
                exchange -> {
                    posted.add(text(exchange.getRequestBody().readAllBytes()));
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        webhook.start();
        this.written = Files.createFile(above.resolve("written"));
        AlertConfig alerts = alerts();
        this.desk =
                AlertService.start(
                        BackgroundTasks.logged(),
                        alerts,
                        AlertChannels.of(alerts, InstantSource.system()),
                        AlertAuditRecorder.NONE,
                        InstantSource.system());
        write();
        this.monitor =
                LogIntegrityMonitor.start(
                        BackgroundTasks.logged(),
                        List.of(events, journal.log()),
                        Optional.of(new CheckpointKeyFile(config.name(), config.keyFile(), true)),
                        new LogIntegrityMonitor.Plan(config.checkNew(), config.checkAll()),
                        this::raise,
                        InstantSource.system());
        awaitCalm();
    }

    private static String text(byte[] octets) {
        return new String(octets, StandardCharsets.UTF_8);
    }

    private AlertConfig alerts() {
        return new AlertConfig(
                above.resolve("alerts"),
                Duration.ofHours(24),
                Duration.ofHours(1),
                Duration.ZERO,
                AlertConfig.USUAL_EXPIRY,
                false,
                List.of(
                        new AlertChannelConfig.Command(
                                "program",
                                List.of("/bin/sh", "-c", "cat >> " + written),
                                Duration.ofMinutes(1)),
                        new AlertChannelConfig.Webhook(
                                "webhook",
                                URI.create(
                                        "http://127.0.0.1:%d/"
                                                .formatted(webhook.getAddress().getPort())),
                                Optional.empty(),
                                Duration.ofMinutes(1))));
    }

    private void raise(Incident incident) {
        raised.incrementAndGet();
        desk.raise(incident);
    }

    private AuditLogConfig settings(
            Path folder, String origin, Supplier<Map<String, Object>> carry) {
        CheckpointStore anchor =
                new CheckpointStore() {
                    @Override
                    public Optional<String> kept() {
                        return Optional.ofNullable(store.get(origin));
                    }

                    @Override
                    public void keep(String anchor) {
                        store.put(origin, anchor);
                    }

                    @Override
                    public void keepPublished(long records) {
                        store.put(CheckpointStore.publishedOf(origin), Long.toString(records));
                    }
                };
        return new AuditLogConfig(
                folder,
                origin,
                key,
                anchor,
                SEGMENT_OCTETS,
                carry,
                this::raise,
                clock,
                Duration.ZERO);
    }

    private ResponderCredential credential() throws Exception {
        KeyPair keys = TestCa.p256();
        Path pem = above.resolve("signing.pem");
        Files.writeString(pem, TestCa.pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
        return new ResponderCredential(
                List.of(TestCa.root("Watched").certificate()),
                Optional.empty(),
                PrivateKeys.open(
                        new KeyConfig(
                                new KeySource.Pem(pem, Optional.empty()),
                                KeyConfig.RsaPadding.PKCS1,
                                KeyConfig.RsaHash.SHA256,
                                KeyConfig.ProviderChoice.BOUNCY_CASTLE),
                        Optional.of(keys.getPublic())),
                IssuerProfile.TLS);
    }

    /// Adds records to both logs, until some files of each are compressed.
    void write() throws Exception {
        for (int i = 0; i < 3; i++) {
            // Checkpoints are laid out for witnesses once a minute.
            clock.pass(Duration.ofMinutes(2));
            TestAuditLogs.write(events, 5);
            long before = journal.log().head().size();
            for (int j = 0; j < 40; j++) {
                sign();
            }
            await("signatures are journalled", () -> journal.log().head().size() > before);
        }
        awaitPacked();
    }

    private void awaitPacked() throws InterruptedException {
        await(
                "files are compressed",
                () -> isPacked(config.events()) && isPacked(config.signatures()));
    }

    /// A few more, into the files that are open.
    void writeLittle() throws Exception {
        clock.pass(Duration.ofMinutes(2));
        TestAuditLogs.write(events, 1);
        long before = journal.log().head().size();
        sign();
        await("a signature is journalled", () -> journal.log().head().size() > before);
        awaitPacked();
    }

    private void sign() throws Exception {
        Instant now = Instant.parse("2026-11-21T12:00:00Z");
        ValidityWindow window = ValidityWindow.from(now, Duration.ofDays(2));
        SingleResponseContent answer =
                new SingleResponseContent(
                        TestCa.root("Watched")
                                .certificate()
                                .key()
                                .certId(
                                        HashAlgorithm.SHA1,
                                        DigestParameters.ABSENT,
                                        Serial.ofHex("%06x".formatted(0x100000 + signatures++))),
                        new CertStatus.Good());
        page.made(
                new ResponseContent(
                        List.of(answer), window, Optional.empty(), Optional.empty(), now),
                window,
                ByteString.ofHex("3045022100" + "5a".repeat(66)));
    }

    private static boolean isPacked(Path folder) {
        try {
            return LogSegment.list(folder).stream().filter(it -> !it.packed()).count() == 1
                    && LogSegment.list(folder).size() > 2;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /// All that is evidence, by its place under the directory.
    SortedMap<Path, byte[]> files() throws IOException {
        SortedMap<Path, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(config.directory())) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                // It holds nothing, and is made anew where there is none.
                if (!file.toString().endsWith(".lock")) {
                    files.put(config.directory().relativize(file), Files.readAllBytes(file));
                }
            }
        }
        return files;
    }

    /// Makes the directory what it was, in place where a file is there.
    void put(SortedMap<Path, byte[]> wanted) throws IOException {
        SortedMap<Path, byte[]> now = files();
        for (Path file : now.keySet()) {
            if (!wanted.containsKey(file)) {
                Files.delete(config.directory().resolve(file));
            }
        }
        for (Map.Entry<Path, byte[]> file : wanted.entrySet()) {
            if (!Arrays.equals(file.getValue(), now.get(file.getKey()))) {
                Files.write(config.directory().resolve(file.getKey()), file.getValue());
            }
        }
    }

    Path resolve(Path file) {
        return config.directory().resolve(file);
    }

    /// What `audit verify` finds.
    List<LogProblem> verified() throws IOException {
        return new OfflineLogVerifier(config, origin -> Optional.ofNullable(store.get(origin)))
                .run(Optional.empty(), _ -> {}).stream()
                        .flatMap(verdict -> verdict.problems().stream())
                        .toList();
    }

    /// Returns when both ways have brought an alert nobody acknowledged yet.
    void awaitAlert(String what) throws Exception {
        await(
                what + " is told by the program and the webhook",
                () ->
                        desk.open().stream()
                                .filter(it -> it.kind() == Incident.Kind.AUDIT_TAMPERED)
                                .anyMatch(it -> isTold(it.id())));
    }

    private boolean isTold(String id) {
        try {
            return Files.readString(written).contains(id)
                    && posted.stream().anyMatch(it -> it.contains(id));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Returns when the monitor has seen all in order, and nothing raised before is still open.
    void awaitCalm() throws Exception {
        LogIntegrityMonitor.State before = monitor.state();
        await("a check has ended", () -> !monitor.state().equals(before));
        LogIntegrityMonitor.State during = monitor.state();
        await(
                "all is in order again",
                () -> !monitor.state().equals(during) && monitor.state().problems().isEmpty());
        await(
                "the desk has seen what was raised",
                () ->
                        Stream.concat(desk.open().stream(), desk.acknowledged().stream())
                                        .mapToLong(it -> it.seen().count())
                                        .sum()
                                == raised.get());
        for (Alert alert : desk.open()) {
            var _ = desk.acknowledge(alert.id(), "test", "put back");
        }
    }

    @Override
    public void close() throws IOException {
        monitor.close();
        desk.close();
        webhook.stop(0);
        journal.close();
        events.close();
        List<Path> all = new ArrayList<>();
        try (Stream<Path> files = Files.walk(above)) {
            files.sorted(Comparator.reverseOrder()).forEach(all::add);
        }
        for (Path file : all) {
            Files.deleteIfExists(file);
        }
    }
}
