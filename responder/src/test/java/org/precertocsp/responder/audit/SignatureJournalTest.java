package org.precertocsp.responder.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.signer.ResponderCredential;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.SignerUnavailableException;
import org.precertocsp.signer.SigningJournal;
import org.precertocsp.signer.SingleResponseContent;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeySource;
import org.precertocsp.signer.key.PrivateKeys;

final class SignatureJournalTest {
    private static final TestCa CA = TestCa.root("Journalled");
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final ByteString SIGNATURE = ByteString.ofHex("3045022100" + "5a".repeat(66));

    @TempDir Path above;
    private TestAuditLogs books;
    private Path file;
    private final List<AuditEvent> told = new ArrayList<>();

    @BeforeEach
    void begin() throws IOException {
        books = new TestAuditLogs(above, 1 << 20);
        file = above.resolve("pending");
    }

    private SignatureJournal open() {
        return open(books.anchor, AuditLogConfig.Disk.REAL, Optional::empty);
    }

    private SignatureJournal open(
            CheckpointStore anchor, AuditLogConfig.Disk disk, Supplier<Optional<String>> refusal) {
        return SignatureJournal.open(
                carry -> books.settings(carry, anchor, disk), told::add, file, refusal);
    }

    private ResponderCredential credential() throws Exception {
        KeyPair keys = TestCa.p256();
        Path pem =
                Files.writeString(
                        above.resolve("signing.pem"),
                        TestCa.pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
        return new ResponderCredential(
                List.of(CA.certificate()),
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

    private static ResponseContent content(CertStatus status, int... serials) {
        List<SingleResponseContent> answers = new ArrayList<>();
        for (int serial : serials) {
            answers.add(
                    new SingleResponseContent(
                            CA.certificate()
                                    .key()
                                    .certId(
                                            HashAlgorithm.SHA1,
                                            DigestParameters.ABSENT,
                                            Serial.of(BigInteger.valueOf(serial))),
                            status));
        }
        return new ResponseContent(answers, window(), Optional.empty(), Optional.empty(), NOON);
    }

    private static ValidityWindow window() {
        return ValidityWindow.from(NOON, Duration.ofDays(2));
    }

    private List<SignatureSearch.Found> found(SignatureSearch.Query query) throws IOException {
        List<SignatureSearch.Found> found = new ArrayList<>();
        new SignatureSearch(books.folder).find(query, found::add, _ -> {});
        return found;
    }

    private static SignatureSearch.Query everything() {
        return new SignatureSearch.Query(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    @Test
    @Requirement({"LG-01", "KP-05"})
    void every_signature_is_found_by_key_serial_and_time() throws Exception {
        ResponderCredential credential = credential();
        try (SignatureJournal journal = open()) {
            SigningJournal.Page page = journal.open(credential);
            page.made(content(new CertStatus.Good(), 0x10, 0x11), window(), SIGNATURE);
            page.made(
                    content(new CertStatus.Revoked(NOON, Optional.empty()), 0x12),
                    window(),
                    SIGNATURE);
        }
        String key =
                HashAlgorithm.SHA256
                        .hash(ByteString.of(credential.key().publicKey().getEncoded()))
                        .toHex();

        assertThat(found(everything()))
                .extracting(SignatureSearch.Found::status)
                .containsExactly("good", "good", "revoked");
        SignatureSearch.Query one =
                new SignatureSearch.Query(
                        Optional.of(key.substring(0, 12)),
                        Optional.of(Serial.ofHex("12")),
                        Optional.of(NOON),
                        Optional.of(NOON.plusSeconds(1)));
        assertThat(found(one))
                .containsExactly(
                        new SignatureSearch.Found(
                                NOON,
                                key,
                                CA.certificate().key().keyHash(HashAlgorithm.SHA256).toHex(),
                                "12",
                                "revoked",
                                window().nextUpdate(),
                                SIGNATURE.toHex().substring(0, 32)));
        assertThat(
                        found(
                                new SignatureSearch.Query(
                                        Optional.of("ffff"),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty())))
                .isEmpty();
        assertThat(
                        found(
                                new SignatureSearch.Query(
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.of(NOON.plusSeconds(1)),
                                        Optional.empty())))
                .isEmpty();
    }

    @Test
    @Requirement("LG-01")
    void signatures_of_a_process_that_died_are_recorded_by_the_next() throws Exception {
        SignatureRingBuffer dying = SignatureRingBuffer.begin(file, 0);
        put(dying, 3);

        open().close();

        assertThat(found(everything())).hasSize(3);
        assertThat(Files.readString(books.folder.resolve("0000000000000000.jsonl")))
                .contains("\"recovered\":true");
        assertThat(file).doesNotExist();
    }

    @Test
    void what_is_in_the_journal_already_is_not_recorded_again() throws Exception {
        put(SignatureRingBuffer.begin(file, 0), 3);
        byte[] left = Files.readAllBytes(file);
        open().close();
        Files.write(file, left);

        open().close();

        assertThat(found(everything())).hasSize(3);
    }

    private static void put(SignatureRingBuffer pending, int count) {
        for (int i = 0; i < count; i++) {
            pending.put(
                    pending.claim(1),
                    new SignatureRingBuffer.Slots(entry(ByteString.of((byte) i))));
        }
    }

    private static SignatureEntry entry(ByteString... serials) {
        return new SignatureEntry(
                ByteString.ofHex("11".repeat(32)),
                ByteString.ofHex("22".repeat(32)),
                Stream.of(serials).map(it -> new SignatureEntry.Said(it, 'g')).toList(),
                NOON.getEpochSecond(),
                NOON.getEpochSecond() + 60,
                SIGNATURE);
    }

    @Test
    @Requirement("LG-01")
    void a_full_ring_refuses_and_loses_nothing() throws Exception {
        SignatureRingBuffer pending = SignatureRingBuffer.begin(file, 0);
        put(pending, SignatureRingBuffer.SLOTS);

        assertThat(pending.claim(1)).isZero();
        pending.taken(2);
        assertThat(pending.claim(3)).isZero();
        assertThat(pending.claim(2)).isEqualTo(SignatureRingBuffer.SLOTS + 1L);
    }

    @Test
    @Requirement("LG-01")
    void a_signature_that_cannot_be_recorded_is_not_given_out() throws Exception {
        SignatureJournal journal = open();
        SigningJournal.Page page = journal.open(credential());
        journal.close();

        assertThatThrownBy(() -> page.made(content(new CertStatus.Good(), 1), window(), SIGNATURE))
                .isInstanceOfSatisfying(
                        SignerUnavailableException.class,
                        e ->
                                assertThat(e.reason())
                                        .isEqualTo(SignerUnavailableException.Cause.UNRECORDED));
    }

    @Test
    @Requirement({"LG-03", "KP-05"})
    void a_credential_taken_up_is_told_to_the_audit_trail() throws Exception {
        try (SignatureJournal journal = open()) {
            SigningJournal.Page _ = journal.open(credential());
        }

        assertThat(told)
                .extracting(AuditEvent::kind)
                .containsExactly(AuditEvent.Kind.KEY_USE, AuditEvent.Kind.CREDENTIAL);
    }

    @Test
    void many_threads_lose_nothing() throws Exception {
        int threads = 4;
        int each = 3_000;
        try (SignatureJournal journal = open()) {
            SigningJournal.Page page = journal.open(credential());
            List<Thread> running = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int start = t * each;
                running.add(Thread.ofPlatform().start(() -> sign(page, start, each)));
            }
            for (Thread thread : running) {
                thread.join();
            }
        }

        assertThat(found(everything()).stream().map(SignatureSearch.Found::serial).distinct())
                .hasSize(threads * each);
        assertThat(
                        new LogVerifier(
                                        books.folder,
                                        books.key.verifier(TestAuditLogs.ORIGIN),
                                        false)
                                .verify(List.of(), _ -> {})
                                .problems())
                .isEmpty();
    }

    private static void sign(SigningJournal.Page page, int start, int count) {
        try {
            for (int i = start; i < start + count; i++) {
                page.made(content(new CertStatus.Good(), 0x100000 + i), window(), SIGNATURE);
            }
        } catch (SignerUnavailableException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @Requirement("LG-01")
    void a_response_for_several_serials_is_one_signature_that_names_them_all() throws Exception {
        int[] serials = IntStream.rangeClosed(1, 256).toArray();
        try (SignatureJournal journal = open()) {
            SigningJournal.Page page = journal.open(credential());
            page.made(content(new CertStatus.Good(), serials), window(), SIGNATURE);
            page.made(content(new CertStatus.Good(), 7, 8, 9, 10, 11, 12), window(), SIGNATURE);
        }

        String text = Files.readString(books.folder.resolve("0000000000000000.jsonl"));
        assertThat(text.split(SIGNATURE.toHex().substring(0, 32), -1)).hasSize(3);
        assertThat(text).contains("\"count\":2");
        assertThat(found(everything())).hasSize(256 + 6);
        assertThat(
                        found(
                                new SignatureSearch.Query(
                                        Optional.empty(),
                                        Optional.of(Serial.ofHex("0c")),
                                        Optional.empty(),
                                        Optional.empty())))
                .extracting(SignatureSearch.Found::serial, SignatureSearch.Found::status)
                .containsExactly(tuple("0c", "good"), tuple("0c", "good"));
    }

    @Test
    @Requirement("LG-01")
    void a_response_for_several_serials_survives_the_process() throws Exception {
        open().close();
        SignatureRingBuffer dying = SignatureRingBuffer.begin(file, 0);
        ByteString[] serials =
                IntStream.range(0, 11)
                        .mapToObj(i -> ByteString.of((byte) 1, (byte) i))
                        .toArray(ByteString[]::new);
        SignatureRingBuffer.Slots slots = new SignatureRingBuffer.Slots(entry(serials));
        dying.put(dying.claim(slots.count()), slots);
        put(dying, 2);

        open().close();

        assertThat(found(everything())).hasSize(11 + 2);
        assertThat(books.incidents).isEmpty();
    }

    @Test
    void a_probe_is_told_from_an_answer() throws Exception {
        try (SignatureJournal journal = open()) {
            SigningJournal.Page page = journal.open(credential());
            page.made(content(new CertStatus.Unknown(), 0), window(), SIGNATURE);
            page.made(content(new CertStatus.Unknown(), 5), window(), SIGNATURE);
        }

        assertThat(found(everything()))
                .extracting(SignatureSearch.Found::serial, SignatureSearch.Found::status)
                .containsExactly(tuple("00", "probe"), tuple("05", "unknown"));
    }

    @Test
    void records_of_earlier_versions_are_still_found() throws Exception {
        try (AuditLog log = books.open()) {
            log.append(
                    SignatureJournal.SIGNATURES,
                    Map.of(
                            "keySha256",
                            "aa",
                            "issuerKeySha256",
                            "bb",
                            "from",
                            NOON.getEpochSecond(),
                            "to",
                            NOON.getEpochSecond(),
                            "upTo",
                            2,
                            "count",
                            2,
                            "signatures",
                            List.of(
                                    "10 good %d 9 cc".formatted(NOON.getEpochSecond()),
                                    "11 good %d 9 cc".formatted(NOON.getEpochSecond()))));
        }
        open().close();

        assertThat(found(everything()))
                .extracting(SignatureSearch.Found::serial)
                .containsExactly("10", "11");
        assertThat(books.incidents).isEmpty();
    }

    @Test
    void why_a_signature_is_refused_is_passed_on() throws Exception {
        try (SignatureJournal journal =
                open(
                        books.anchor,
                        AuditLogConfig.Disk.REAL,
                        () -> Optional.of("disk nearly full"))) {
            SigningJournal.Page page = journal.open(credential());

            assertThatThrownBy(
                            () -> page.made(content(new CertStatus.Good(), 1), window(), SIGNATURE))
                    .isInstanceOf(SignerUnavailableException.class)
                    .hasMessageContaining("disk nearly full");
            assertThat(journal.problem()).contains("disk nearly full");
        }
        assertThat(found(everything())).isEmpty();
    }
}
