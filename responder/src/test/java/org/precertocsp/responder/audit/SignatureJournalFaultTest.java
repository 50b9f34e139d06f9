package org.precertocsp.responder.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.TestWait.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
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
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.signer.ResponderCredential;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.SignerUnavailableException;
import org.precertocsp.signer.SigningJournal;
import org.precertocsp.signer.SingleResponseContent;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeySource;
import org.precertocsp.signer.key.PrivateKeys;

/// The journal when the store, its disk or its ring fails, or the ring is not what was left.
final class SignatureJournalFaultTest {
    private static final TestCa CA = TestCa.root("Journalled");
    private static final ByteString SIGNATURE = ByteString.ofHex("3045022100" + "5a".repeat(66));
    private static final int FAULTS = Integer.getInteger("faults", 1);

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
        return open(books.anchor, AuditLogConfig.Disk.REAL);
    }

    private SignatureJournal open(CheckpointStore anchor, AuditLogConfig.Disk disk) {
        return SignatureJournal.open(carry -> books.settings(carry, anchor, disk), told::add, file);
    }

    private SigningJournal.Page page(SignatureJournal journal) throws Exception {
        Path pem = above.resolve("signing.pem");
        Files.writeString(pem, TestCa.pem("PRIVATE KEY", TestCa.p256().getPrivate().getEncoded()));
        return journal.open(
                new ResponderCredential(
                        List.of(CA.certificate()),
                        Optional.empty(),
                        PrivateKeys.open(
                                new KeyConfig(
                                        new KeySource.Pem(pem, Optional.empty()),
                                        KeyConfig.RsaPadding.PKCS1,
                                        KeyConfig.RsaHash.SHA256,
                                        KeyConfig.ProviderChoice.BOUNCY_CASTLE),
                                Optional.empty()),
                        IssuerProfile.TLS));
    }

    private void sign(SigningJournal.Page page, int serial) throws SignerUnavailableException {
        ValidityWindow window =
                ValidityWindow.from(books.clock.instant(), java.time.Duration.ofDays(2));
        SingleResponseContent answer =
                new SingleResponseContent(
                        CA.certificate()
                                .key()
                                .certId(
                                        HashAlgorithm.SHA1,
                                        DigestParameters.ABSENT,
                                        Serial.ofHex("%06x".formatted(serial))),
                        new CertStatus.Good());
        page.made(
                new ResponseContent(
                        List.of(answer),
                        window,
                        Optional.empty(),
                        Optional.empty(),
                        books.clock.instant()),
                window,
                SIGNATURE);
    }

    private List<String> recorded() throws IOException {
        List<String> serials = new ArrayList<>();
        new SignatureSearch(books.folder)
                .find(
                        new SignatureSearch.Query(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()),
                        it -> serials.add(it.serial()),
                        _ -> {});
        return serials;
    }

    private void assertIntact() throws IOException {
        assertThat(
                        new LogVerifier(
                                        books.folder,
                                        books.key.verifier(TestAuditLogs.ORIGIN),
                                        false)
                                .verify(List.of(), _ -> {})
                                .problems())
                .isEmpty();
    }

    @Test
    @Requirement("LG-01")
    void a_store_without_room_for_the_checkpoint_does_not_end_the_journal() throws Exception {
        boolean[] full = {false};
        CheckpointStore anchor =
                new CheckpointStore() {
                    @Override
                    public Optional<String> kept() {
                        return books.anchor.kept();
                    }

                    @Override
                    public void keep(String text) {
                        if (full[0]) {
                            throw new StoreException("No space left on device", null);
                        }
                        books.anchor.keep(text);
                    }
                };
        try (SignatureJournal journal = open(anchor, AuditLogConfig.Disk.REAL)) {
            SigningJournal.Page page = page(journal);
            full[0] = true;
            sign(page, 0x100001);
            await(() -> !books.incidents.isEmpty());
            full[0] = false;
            long before = journal.log().head().size();
            sign(page, 0x100002);
            await(() -> journal.log().head().size() > before);
        }

        assertThat(books.incidents)
                .extracting(Incident::kind)
                .containsOnly(Incident.Kind.AUDIT_FAILED);
        assertThat(recorded()).containsExactly("100001", "100002");
        assertIntact();
    }

    @Test
    @Requirement("LG-01")
    void whatever_the_writer_meets_it_goes_on_and_records_each_signature_once() throws Exception {
        AtomicInteger writes = new AtomicInteger();
        AuditLogConfig.Disk disk =
                new AuditLogConfig.Disk() {
                    @Override
                    public void write(RandomAccessFile to, byte[] octets) throws IOException {
                        if (new String(octets, java.nio.charset.StandardCharsets.UTF_8)
                                .contains("SIGNATURES")) {
                            switch (writes.incrementAndGet()) {
                                case 1 -> throw new IllegalStateException("a bug");
                                case 2 -> throw new OutOfMemoryError("told by a test");
                                case 3 -> throw new IOException("No space left on device");
                                default -> {}
                            }
                        }
                        REAL.write(to, octets);
                    }

                    @Override
                    public void sync(RandomAccessFile of) throws IOException {
                        REAL.sync(of);
                    }
                };
        try (SignatureJournal journal = open(books.anchor, disk)) {
            SigningJournal.Page page = page(journal);
            sign(page, 0x100001);
            await(() -> writes.get() > 3);
        }

        assertThat(recorded()).containsExactly("100001");
        assertIntact();
    }

    @Test
    @Requirement("LG-01")
    void a_ring_that_is_gone_after_a_crash_is_an_incident() throws Exception {
        crash();
        Files.delete(file);

        open().close();

        assertThat(books.incidents)
                .extracting(Incident::kind)
                .containsExactly(Incident.Kind.STATE_LOST);
        assertThat(told).extracting(AuditEvent::kind).contains(AuditEvent.Kind.STATE_LOST);
        assertThat(Files.readString(books.folder.resolve("0000000000000000.jsonl")))
                .contains("SIGNATURES_LOST", "is gone");
        assertIntact();

        books.incidents.clear();
        open().close();
        assertThat(books.incidents).as("told once").isEmpty();
    }

    @Test
    void a_ring_that_is_gone_after_a_clean_end_or_was_taken_up_is_none() throws Exception {
        open().close();
        open().close();
        crash();
        open().close();
        assertThat(file).doesNotExist();
        open().close();

        assertThat(books.incidents).isEmpty();
    }

    @Test
    @Requirement("LG-01")
    void a_ring_put_back_to_an_earlier_state_is_an_incident() throws Exception {
        SignatureJournal journal = open();
        SigningJournal.Page page = page(journal);
        byte[] earlier = Files.readAllBytes(file);
        sign(page, 0x100001);
        long before = journal.log().head().size();
        await(() -> journal.log().head().size() > before);
        Map<Path, byte[]> crashed = state();
        journal.close();
        restore(crashed);
        Files.write(file, earlier);

        open().close();

        assertThat(books.incidents)
                .extracting(Incident::kind)
                .containsExactly(Incident.Kind.STATE_LOST);
    }

    @Test
    @Requirement("LG-01")
    void no_flipped_bit_of_a_waiting_signature_goes_unnoticed() throws Exception {
        crash();
        Map<Path, byte[]> crashed = state();
        byte[] ring = Files.readAllBytes(file);
        int checks = SignatureRingBuffer.SLOTS * 128;
        // The slot of the second signature, and its checksum.
        List<Integer> places = new ArrayList<>(IntStream.range(2 * 128, 3 * 128).boxed().toList());
        IntStream.range(checks + 2 * 4, checks + 3 * 4).forEach(places::add);
        for (int i = 0; i < places.size(); i += FAULTS > 1 ? 1 : 11) {
            byte[] flipped = ring.clone();
            flipped[places.get(i)] ^= (byte) (1 << i % 8);
            restore(crashed);
            Files.write(file, flipped);
            books.incidents.clear();

            assertThat(SignatureRingBuffer.left(file, 0).orElseThrow().damaged())
                    .as("octet %d", places.get(i))
                    .isEqualTo(1);
        }
        open().close();
        assertThat(books.incidents)
                .extracting(Incident::kind)
                .containsExactly(Incident.Kind.STATE_LOST);
        assertThat(recorded()).as("a damaged one is not believed").hasSize(2);
        assertIntact();
    }

    @Test
    void a_signature_that_was_being_written_when_the_process_died_is_no_incident()
            throws Exception {
        crash();
        byte[] ring = Files.readAllBytes(file);
        ByteBuffer.wrap(ring)
                .order(ByteOrder.nativeOrder())
                .putLong(4 * 128, -4)
                .put(4 * 128 + 90, (byte) 9);
        Files.write(file, ring);

        open().close();

        assertThat(books.incidents).isEmpty();
        assertThat(recorded()).hasSize(3);
    }

    @Test
    void a_truncated_ring_is_an_incident() throws Exception {
        crash();
        byte[] ring = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(ring, 2 * 128 + 50));

        open().close();

        assertThat(books.incidents)
                .extracting(Incident::kind)
                .containsExactly(Incident.Kind.STATE_LOST);
    }

    /// Leaves log and ring as a process does that is killed with three signatures on their way.
    private void crash() throws Exception {
        SignatureJournal journal = open();
        Map<Path, byte[]> crashed = state();
        journal.close();
        restore(crashed);
        SignatureRingBuffer ring = SignatureRingBuffer.begin(file, 0);
        for (int i = 0; i < 3; i++) {
            ring.put(
                    ring.claim(1),
                    new SignatureRingBuffer.Slots(
                            new SignatureEntry(
                                    ByteString.ofHex("11".repeat(32)),
                                    ByteString.ofHex("22".repeat(32)),
                                    List.of(
                                            new SignatureEntry.Said(
                                                    ByteString.of((byte) (1 + i)), 'g')),
                                    books.clock.instant().getEpochSecond(),
                                    books.clock.instant().getEpochSecond() + 60,
                                    SIGNATURE)));
        }
    }

    private Map<Path, byte[]> state() throws IOException {
        Map<Path, byte[]> state = new java.util.HashMap<>();
        try (var files = Files.list(books.folder)) {
            for (Path each : files.toList()) {
                state.put(each, Files.readAllBytes(each));
            }
        }
        state.put(file, Files.readAllBytes(file));
        return state;
    }

    private void restore(Map<Path, byte[]> state) throws IOException {
        for (Map.Entry<Path, byte[]> each : state.entrySet()) {
            Files.write(each.getKey(), each.getValue());
        }
        books.anchor.clear();
    }
}
