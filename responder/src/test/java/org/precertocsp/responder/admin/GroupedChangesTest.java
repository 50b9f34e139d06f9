package org.precertocsp.responder.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.precertocsp.responder.status.TestChanges.declared;
import static org.precertocsp.responder.status.TestChanges.key;
import static org.precertocsp.responder.status.TestChanges.sha256;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.precertocsp.responder.status.ChangeListener;
import org.precertocsp.responder.status.ChangeWriter;
import org.precertocsp.responder.status.InMemoryStatusStore;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StoreException;

/// Requests that wait while a set is committed, which takes as long as the test wants.
@Timeout(60)
final class GroupedChangesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final InMemoryStatusStore store = new InMemoryStatusStore();
    private final Semaphore commits = new Semaphore(0);
    private final AtomicInteger committing = new AtomicInteger();
    private volatile boolean fails;
    private final ChangeListener slow =
            (_, _) ->
                    new ChangeListener.SetListener() {
                        @Override
                        public void beforeCommit() {
                            committing.incrementAndGet();
                            commits.acquireUninterruptibly();
                            if (fails) {
                                throw new StoreException("as the test wants", null);
                            }
                        }
                    };
    private final GroupedChanges grouped =
            new GroupedChanges(
                    new ChangeRequestExecutor(
                            new ChangeWriter(store, List.of(slow)), store, InstantSource.system()),
                    Duration.ofMillis(500));
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        commits.release(1_000);
        threads.close();
    }

    private Future<ChangeResult> send(String who, int serial) {
        return send(who, serial, Optional.empty());
    }

    private Future<ChangeResult> send(String who, int serial, Optional<IdempotencyKey> once) {
        SerialKey key = key(serial);
        ChangeRequest request =
                new ChangeRequest(
                        "one",
                        key,
                        known -> known.isPresent() ? Optional.empty() : Optional.of(declared(key)),
                        Optional.empty(),
                        List.of());
        Callable<ChangeResult> sending =
                () ->
                        grouped.write(
                                who,
                                sha256("request " + serial),
                                new ChangeRequestExecutor.KeyedRequest(request, once),
                                PATIENCE);
        return threads.submit(sending);
    }

    private void awaitCommitting(int sets) {
        await().until(() -> committing.get() == sets);
    }

    private static String outcome(Future<ChangeResult> sent) throws Exception {
        return ((ChangeResult.Done) sent.get()).receipt().outcome();
    }

    @Test
    void those_that_wait_are_one_set() throws Exception {
        Future<ChangeResult> first = send("ca", 0);
        awaitCommitting(1);
        List<Future<ChangeResult>> waiting = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            waiting.add(send("ca", i));
        }
        await().until(() -> grouped.waiting("ca") == 100);
        commits.release(2);

        assertThat(outcome(first)).isEqualTo("added");
        for (Future<ChangeResult> one : waiting) {
            assertThat(outcome(one)).isEqualTo("added");
        }
        assertThat(committing).hasValue(2);
        assertThat(grouped.waiting("ca")).isZero();
    }

    @Test
    void those_that_come_back_with_the_next_request_travel_with_those_that_wait() throws Exception {
        Future<ChangeResult> first = send("ca", 0);
        awaitCommitting(1);
        Future<ChangeResult> second = send("ca", 1);
        Future<ChangeResult> third = send("ca", 2);
        await().until(() -> grouped.waiting("ca") == 2);
        commits.release(1);
        first.get();
        awaitCommitting(2);
        Future<ChangeResult> waiting = send("ca", 3);
        await().until(() -> grouped.waiting("ca") == 1);
        // A quarter of it is the pause.
        Thread.sleep(Duration.ofSeconds(2));
        commits.release(1);
        second.get();
        third.get();
        Future<ChangeResult> next = send("ca", 4);
        awaitCommitting(3);

        commits.release(1);
        assertThat(outcome(waiting)).isEqualTo("added");
        assertThat(outcome(next)).isEqualTo("added");
        assertThat(committing).hasValue(3);
    }

    @Test
    void a_serial_is_in_a_set_once() throws Exception {
        Future<ChangeResult> first = send("ca", 0);
        awaitCommitting(1);
        List<Future<ChangeResult>> waiting = List.of(send("ca", 1), send("ca", 1));
        await().until(() -> grouped.waiting("ca") == 2);
        commits.release(3);

        assertThat(outcome(first)).isEqualTo("added");
        assertThat(List.of(outcome(waiting.get(0)), outcome(waiting.get(1))))
                .containsExactlyInAnyOrder("added", "unchanged");
        assertThat(committing).hasValue(3);
    }

    private static Optional<IdempotencyKey> once(String key, int asked) throws ApiException {
        return Optional.of(
                IdempotencyKey.of(
                        "ca", key, ChangeRequestKind.CERTIFICATE, sha256("request " + asked)));
    }

    @Test
    void those_with_keys_are_grouped_too_and_each_key_is_used_once() throws Exception {
        Future<ChangeResult> first = send("ca", 0);
        awaitCommitting(1);
        List<Future<ChangeResult>> waiting = new ArrayList<>();
        for (int i = 1; i <= 50; i++) {
            waiting.add(send("ca", i, once("key-" + i, i)));
        }
        await().until(() -> grouped.waiting("ca") == 50);
        Future<ChangeResult> again = send("ca", 1, once("key-1", 1));
        Future<ChangeResult> other = send("ca", 99, once("key-2", 99));
        await().until(() -> grouped.waiting("ca") == 52);
        commits.release(1_000);

        assertThat(outcome(first)).isEqualTo("added");
        for (Future<ChangeResult> one : waiting) {
            assertThat(outcome(one)).isEqualTo("added");
        }
        assertThat(outcome(again)).as("the first response, again").isEqualTo("added");
        assertThat(other.get()).isInstanceOf(ChangeResult.Denied.class);
        assertThat(store.find(key(99))).isEmpty();
        assertThat(committing).as("one set more, which changes nothing").hasValue(2);
    }

    @Test
    void callers_are_not_mixed() throws Exception {
        Future<ChangeResult> first = send("ca", 0);
        awaitCommitting(1);
        Future<ChangeResult> second = send("ca", 1);
        Future<ChangeResult> other = send("somebody else", 2);
        await().until(() -> grouped.waiting("ca") == 1);
        commits.release(3);

        for (Future<ChangeResult> one : List.of(first, second, other)) {
            assertThat(outcome(one)).isEqualTo("added");
        }
        assertThat(committing).hasValue(3);
    }

    @Test
    void all_of_a_set_that_fails_hear_of_it_and_the_next_succeeds() throws Exception {
        Future<ChangeResult> first = send("ca", 0);
        awaitCommitting(1);
        List<Future<ChangeResult>> waiting = List.of(send("ca", 1), send("ca", 2));
        await().until(() -> grouped.waiting("ca") == 2);
        commits.release(1);
        first.get();
        awaitCommitting(2);
        fails = true;
        commits.release(1);
        for (Future<ChangeResult> one : waiting) {
            assertThatThrownBy(one::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(ApiException.class);
        }

        fails = false;
        commits.release(1);
        assertThat(outcome(send("ca", 3))).isEqualTo("added");
    }
}
