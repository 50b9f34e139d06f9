package org.precertocsp.responder.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.status.TestChanges.ISSUER;
import static org.precertocsp.responder.status.TestChanges.key;
import static org.precertocsp.responder.status.TestChanges.precertificate;
import static org.precertocsp.responder.status.TestChanges.revoked;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;

/// Invariant 4 with real threads and the store on disk: clients ask all the time while serials are
/// revoked one after the other, and none that asks after an acknowledgement hears `good`.
final class AcknowledgedRevocationTest {
    private static final int SERIALS = 400;
    private static final int CLIENTS = 4;

    private final AtomicIntegerArray acknowledged = new AtomicIntegerArray(SERIALS);
    private final AtomicBoolean over = new AtomicBoolean();

    private record Heard(List<Integer> goodAfterRevocation, long answers) {}

    @Test
    @Requirement("SA-11")
    void nobody_hears_good_after_a_revocation_was_acknowledged(@TempDir Path directory)
            throws Exception {
        RocksStore store = RocksStore.open(new StoreConfig(directory.resolve("store"), 8 << 20));
        CachedAnswerFixture chain = new CachedAnswerFixture(store, 1 << 20);
        for (int serial = 0; serial < SERIALS; serial++) {
            chain.apply(precertificate(key(serial + 1)));
        }
        // Long enough for a change to fall between reading the status and handing out the answer.
        chain.whileSigning(
                () -> LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(300_000)));
        List<Heard> heard = new ArrayList<>();
        try (store;
                ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            List<Future<Heard>> asking = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                asking.add(clients.submit(() -> ask(chain)));
            }
            for (int serial = 0; serial < SERIALS; serial++) {
                chain.apply(revoked(key(serial + 1), RevocationReason.KEY_COMPROMISE));
                acknowledged.set(serial, 1);
            }
            over.set(true);
            for (Future<Heard> client : asking) {
                heard.add(client.get());
            }
        }
        assertThat(heard).allSatisfy(it -> assertThat(it.goodAfterRevocation()).isEmpty());
        // Otherwise nothing came from memory, and nothing was proven.
        assertThat(heard.stream().mapToLong(Heard::answers).sum())
                .isGreaterThan(2L * chain.signatures());
    }

    /// Asks mostly about what is being revoked now, where the races are.
    private Heard ask(CachedAnswerFixture chain) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        List<Integer> wrong = new ArrayList<>();
        long answers = 0;
        int near = 0;
        while (!over.get()) {
            while (near < SERIALS - 1 && acknowledged.get(near) == 1) {
                near++;
            }
            int serial = Math.clamp((long) near + random.nextInt(4) - 1, 0, SERIALS - 1);
            boolean revoked = acknowledged.get(serial) == 1;
            Answer answer = chain.ask(certId(serial));
            answers++;
            if (revoked && CachedAnswerFixture.statusIn(answer) instanceof CertStatus.Good) {
                wrong.add(serial);
            }
        }
        return new Heard(wrong, answers);
    }

    private static CertId certId(int serial) {
        return ISSUER.certId(HashAlgorithm.SHA1, DigestParameters.NULL, key(serial + 1).serial());
    }
}
