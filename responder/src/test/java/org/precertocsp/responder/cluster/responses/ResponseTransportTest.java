package org.precertocsp.responder.cluster.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.responder.cluster.responses.SignedResponses.CA;
import static org.precertocsp.responder.cluster.responses.SignedResponses.ISSUER;
import static org.precertocsp.responder.cluster.responses.SignedResponses.VALIDITY;
import static org.precertocsp.responder.cluster.responses.SignedResponses.key;

import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.alert.FakeAlarm;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.ResponseStore;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.renewal.DueRenewal;
import org.precertocsp.responder.renewal.RenewalQueue;
import org.precertocsp.responder.renewal.RenewalResult;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.TestChanges;
import org.precertocsp.responder.store.RocksStore;

/// Responses from the authority that signs them to the disk of an edge.
@Timeout(120)
final class ResponseTransportTest {
    private static final KeyPair KEY = SignedResponses.nodeKey();
    private static final Map<String, PublicKey> AUTHORITIES = Map.of("a", KEY.getPublic());
    private static final long SERIAL = 0x1001;

    @TempDir private Path folder;

    private final InMemoryResponseLog log = new InMemoryResponseLog();
    private final FakeAlarm alarm = new FakeAlarm();
    private final RocksStore store = RocksStore.openTemporary(8 << 20);
    private Instant now = Instant.now();
    private boolean publishes = true;
    private SignedResponses ca;
    private ResponsePublisher publisher;
    private ResponseFollower follower;

    @BeforeEach
    void open() {
        ca = new SignedResponses(folder);
        publisher = new ResponsePublisher("a", KEY.getPrivate(), log, () -> publishes);
        store.answeringReplica();
        follower = follower(ISSUER);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private ResponseFollower follower(ResponseFollower.Issuer issuer) {
        return new ResponseFollower(
                log, AUTHORITIES, List.of(issuer), store.receivedResponses(), () -> now, alarm);
    }

    /// So the store has a status of the issuer.
    private void assign() {
        try (ChangeSet set = store.begin(TestChanges.source("a feed"))) {
            set.apply(TestChanges.declared(key(SERIAL).serial()));
            set.commit();
        }
    }

    private void publish(StoredResponse... responses) throws InterruptedException {
        for (StoredResponse response : responses) {
            publisher.publish(response);
        }
        while (publisher.state().waiting() > 0) {
            publisher.round();
        }
    }

    private void follow() throws InterruptedException {
        do {
            follower.round();
        } while (follower.state().behind() > 0);
    }

    private Optional<StoredResponse> found(long serial) {
        return store.responses().find(key(serial));
    }

    private void assertFound(StoredResponse response) {
        assertThat(store.responses().find(response.key()))
                .get()
                .usingRecursiveComparison()
                .isEqualTo(response);
    }

    private long count(ResponseFollower.Fate fate) {
        return Objects.requireNonNull(
                follower.state()
                        .responses()
                        .get(fate.name().toLowerCase(Locale.ROOT).replace('_', '-')));
    }

    @Test
    void what_an_authority_signed_is_on_the_edges_disk() throws Exception {
        assign();
        StoredResponse good = ca.good(SERIAL);
        StoredResponse revoked = ca.revoked(0x1002);

        publish(good, revoked);
        follow();

        assertFound(good);
        assertFound(revoked);
        assertThat(log.records()).as("one batch").hasSize(1);
        assertThat(publisher.state()).isEqualTo(new ResponsePublisher.State(2, 0, 0));
        assertThat(count(ResponseFollower.Fate.STORED)).isEqualTo(2);
        assertThat(follower.forged()).isZero();
    }

    @Test
    void many_responses_are_several_batches_none_too_large() throws Exception {
        assign();
        List<StoredResponse> all = new ArrayList<>();
        StoredResponse one = ca.good(SERIAL);
        for (int i = 0; i < 1_300; i++) {
            // Of each batch the first one is verified, and must be signed.
            all.add(
                    i % ResponseBatch.MAX_RESPONSES == 0
                            ? ca.good(0x2000 + i)
                            : new StoredResponse(
                                    key(0x2000 + i), one.status(), one.window(), one.essence()));
        }

        publish(all.toArray(StoredResponse[]::new));
        follow();

        assertThat(count(ResponseFollower.Fate.STORED)).isEqualTo(1_300);
        assertThat(log.records()).hasSizeLessThan(10);
    }

    @Test
    void a_process_that_starts_goes_on_where_the_last_one_was() throws Exception {
        assign();
        publish(ca.good(SERIAL));
        follow();
        follower = follower(ISSUER);
        publish(ca.good(0x1002));

        follow();

        assertThat(found(0x1002)).isPresent();
        assertThat(count(ResponseFollower.Fate.STORED)).isEqualTo(1);
        assertThat(count(ResponseFollower.Fate.NOT_NEWER)).isZero();
    }

    @Test
    void what_the_log_repeats_or_delivers_late_changes_nothing() throws Exception {
        assign();
        StoredResponse newer =
                ca.signed(SERIAL, new CertStatus.Good(), ca.time.plus(Duration.ofMinutes(1)));
        publish(newer);
        publish(ca.good(SERIAL));
        log.append(log.records());

        follow();

        assertFound(newer);
        assertThat(count(ResponseFollower.Fate.STORED)).isEqualTo(1);
        assertThat(count(ResponseFollower.Fate.NOT_NEWER)).isEqualTo(3);
    }

    @Test
    void responses_wait_in_the_log_for_the_first_status_of_their_issuer() throws Exception {
        publish(ca.good(SERIAL));
        follower.round();
        assertThat(follower.state().behind()).isEqualTo(1);
        assertThat(store.receivedResponses().positions()).isEmpty();

        assign();
        follow();

        assertThat(found(SERIAL)).isPresent();
    }

    @Test
    void responses_of_an_issuer_that_the_edge_does_not_store_are_left_out() throws Exception {
        TestCa other = TestCa.root("Other");
        follower =
                follower(
                        new ResponseFollower.Issuer(
                                List.of(other.certificate()), IssuerProfile.TLS));
        publish(ca.good(SERIAL));

        follow();

        assertThat(count(ResponseFollower.Fate.NOT_SERVED)).isEqualTo(1);
        assertThat(alarm.raised()).isEmpty();
    }

    @Test
    @Requirement("SA-11")
    void records_with_a_bit_flipped_and_those_of_strangers_change_nothing_and_are_counted()
            throws Exception {
        assign();
        StoredResponse stored = ca.good(SERIAL);
        publish(stored);
        follow();
        StoredResponse newer =
                ca.signed(SERIAL, new CertStatus.Good(), ca.time.plus(Duration.ofMinutes(1)));
        InMemoryResponseLog elsewhere = new InMemoryResponseLog();
        ResponsePublisher stranger =
                new ResponsePublisher(
                        "a", SignedResponses.nodeKey().getPrivate(), elsewhere, () -> true);
        stranger.publish(newer);
        stranger.round();
        ResponsePublisher genuine =
                new ResponsePublisher("a", KEY.getPrivate(), elsewhere, () -> true);
        genuine.publish(newer);
        genuine.round();
        List<ByteString> forged = new ArrayList<>(List.of(ByteString.of()));
        for (ByteString record : elsewhere.records()) {
            for (int at = 0; at < record.length(); at += 11) {
                byte[] flipped = record.toArray();
                flipped[at] ^= 4;
                forged.add(ByteString.of(flipped));
            }
        }
        forged.add(elsewhere.records().getFirst());

        log.append(forged);
        follow();

        assertFound(stored);
        assertThat(follower.forged()).isEqualTo(forged.size());
        assertThat(follower.state().forged()).isEqualTo(forged.size());
        assertThat(count(ResponseFollower.Fate.STORED)).isEqualTo(1);
    }

    @Test
    void an_authority_whose_signatures_are_bad_is_found_and_nothing_of_it_is_stored()
            throws Exception {
        assign();
        StoredResponse good = ca.good(SERIAL);
        StoredResponse bad =
                new StoredResponse(key(0x1002), good.status(), good.window(), good.essence());

        publish(bad, good);
        follow();

        assertThat(found(SERIAL)).isEmpty();
        assertThat(found(0x1002)).isEmpty();
        assertThat(count(ResponseFollower.Fate.REJECTED)).isEqualTo(2);
        assertThat(alarm.open()).containsExactly("AUTHORITY_DISBELIEVED responses of a");
    }

    @Test
    void a_credential_of_another_ca_is_rejected() throws Exception {
        assign();
        publish(new SignedResponses(folder, TestCa.root("Impostor")).good(SERIAL));

        follow();

        assertThat(found(SERIAL)).isEmpty();
        assertThat(count(ResponseFollower.Fate.REJECTED)).isEqualTo(1);
        assertThat(alarm.open()).containsExactly("AUTHORITY_DISBELIEVED responses of a");
    }

    @Test
    void expired_responses_are_not_stored_and_those_stored_are_removed() throws Exception {
        assign();
        publish(ca.good(SERIAL));
        follow();
        follower.removeExpired();
        assertThat(found(SERIAL)).isPresent();
        publish(ca.good(0x1002));

        now = ca.time.plus(VALIDITY).plus(Duration.ofHours(2));
        follow();
        follower.removeExpired();

        assertThat(found(0x1002)).isEmpty();
        assertThat(found(SERIAL)).isEmpty();
        assertThat(count(ResponseFollower.Fate.EXPIRED)).isEqualTo(1);
        assertThat(follower.state().removed()).isEqualTo(1);
        assertThat(alarm.raised()).isEmpty();
    }

    @Test
    void an_authority_that_is_not_the_one_that_publishes_discards_what_it_signed()
            throws Exception {
        publishes = false;
        publisher.publish(ca.good(SERIAL));
        publisher.round();

        assertThat(log.records()).isEmpty();
        assertThat(publisher.state()).isEqualTo(new ResponsePublisher.State(0, 0, 0));
    }

    @Test
    void an_authority_that_cannot_reach_the_log_waits_for_nothing_and_sends_later()
            throws Exception {
        assign();
        log.away(true);
        StoredResponse response = ca.good(SERIAL);
        Map<ResponseKey, StoredResponse> kept = new HashMap<>();
        ResponseStore publishing =
                publisher.publishing(
                        new ResponseStore() {
                            @Override
                            public Optional<StoredResponse> find(ResponseKey key) {
                                return Optional.ofNullable(kept.get(key));
                            }

                            @Override
                            public void keep(StoredResponse it) {
                                kept.put(it.key(), it);
                            }
                        });
        for (int i = 0; i < ResponsePublisher.CAPACITY + 10; i++) {
            publishing.keep(response);
        }
        assertThat(publisher.round()).isPositive();
        assertThat(publisher.round()).isPositive();

        assertThat(kept).containsKey(response.key());
        assertThat(publishing.find(response.key())).contains(response);
        assertThat(publisher.state().dropped()).isEqualTo(10);
        assertThat(publisher.state().sent()).isZero();
        assertThat(publisher.state().waiting()).isEqualTo(ResponsePublisher.CAPACITY);

        log.away(false);
        publish();
        follow();

        assertThat(publisher.state().sent()).isEqualTo(ResponsePublisher.CAPACITY);
        assertFound(response);
    }

    @Test
    void renewed_responses_are_published_once_they_are_written() throws Exception {
        assign();
        StoredResponse renewed = ca.good(SERIAL);
        FakeQueue queue = new FakeQueue();
        RenewalQueue publishing = publisher.publishing(queue);
        RenewalResult result =
                new RenewalResult(
                        new DueRenewal(
                                DueRenewal.Why.PLANNED,
                                renewed.key().serial(),
                                Optional.of(renewed.key()),
                                List.of(),
                                ByteString.of()),
                        List.of(renewed),
                        List.of(),
                        Optional.empty());
        queue.fails = true;
        assertThatThrownBy(() -> publishing.settle(CA.certificate().key(), List.of(result)))
                .isInstanceOf(IllegalStateException.class);
        assertThat(publisher.state().waiting()).isZero();
        queue.fails = false;

        publishing.settle(CA.certificate().key(), List.of(result));
        publish();
        follow();

        assertThat(queue.settled).containsExactly(result);
        assertFound(renewed);
    }

    private static final class FakeQueue implements RenewalQueue {
        private final List<RenewalResult> settled = new ArrayList<>();
        private boolean fails;

        @Override
        public void presign(IssuerKey issuer, PresignMode presign) {}

        @Override
        public List<DueRenewal> due(IssuerKey issuer, Instant time, int limit) {
            return List.of();
        }

        @Override
        public List<Instant> planned(IssuerKey issuer, Instant time, int limit) {
            return List.of();
        }

        @Override
        public void settle(IssuerKey issuer, List<RenewalResult> results) {
            if (fails) {
                throw new IllegalStateException("the store failed");
            }
            settled.addAll(results);
        }
    }
}
