package org.precertocsp.responder.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.StatusLog.AppendInDoubtException;
import org.precertocsp.responder.cluster.StatusLog.LogUnavailableException;
import org.precertocsp.responder.cluster.StatusLog.Tail;

/// What every log does, whatever it is made of.
@Timeout(120)
public abstract class StatusLogContract {
    /// Longer than any log takes to deliver what is there.
    private static final Duration LONG = Duration.ofSeconds(60);

    private StatusLog log;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /// A handle of an empty log.
    protected abstract StatusLog open();

    /// Another handle of that log, as another node has it.
    protected abstract StatusLog openAgain();

    /// Deletes the records before that offset, as retention does.
    protected abstract void deleteBefore(long offset);

    /// Deletes the log, and makes another one in its place.
    protected abstract void replace();

    @BeforeEach
    void openLog() {
        log = open();
    }

    @AfterEach
    void close() {
        log.close();
        threads.shutdownNow();
    }

    private static ByteString record(int number) {
        return TestRecords.bytes("record " + number);
    }

    private void append(int from, int to) throws AppendInDoubtException, InterruptedException {
        for (int i = from; i < to; i++) {
            log.append(record(i));
        }
    }

    private static List<ByteString> records(int from, int to) {
        return IntStream.range(from, to).mapToObj(StatusLogContract::record).toList();
    }

    private static List<ByteString> read(StatusLog log, long offset, int count)
            throws LogUnavailableException, InterruptedException {
        List<ByteString> all = new ArrayList<>();
        long next = offset;
        while (all.size() < count) {
            Tail tail = log.tail(next, LONG);
            assertThat(tail.records()).isNotEmpty();
            all.addAll(tail.records());
            next = tail.next();
        }
        return all;
    }

    @Test
    void records_come_back_in_order() throws Exception {
        append(0, 250);

        assertThat(read(log, 0, 250)).isEqualTo(records(0, 250));
        assertThat(read(log, 0, 250)).as("again").isEqualTo(records(0, 250));
    }

    @Test
    void a_reader_goes_on_where_it_was() throws Exception {
        append(0, 5);
        Tail first = log.tail(0, LONG);
        append(5, 8);

        assertThat(read(log, first.next(), 8 - first.records().size()))
                .isEqualTo(records(first.records().size(), 8));
    }

    @Test
    void any_bytes_are_a_record() throws Exception {
        List<ByteString> all =
                List.of(
                        ByteString.of(),
                        ByteString.of(new byte[1]),
                        ByteString.of(new byte[StatusLog.MAX_RECORD_BYTES]),
                        TestRecords.NONCE);
        for (ByteString record : all) {
            log.append(record);
        }
        assertThat(read(log, 0, all.size())).isEqualTo(all);
    }

    @Test
    void a_record_that_is_too_large_is_refused_and_not_there() throws Exception {
        assertThatThrownBy(
                        () -> log.append(ByteString.of(new byte[StatusLog.MAX_RECORD_BYTES + 1])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a record of 524289 bytes is too large");
        append(0, 1);

        assertThat(read(log, 0, 1)).isEqualTo(records(0, 1));
    }

    @Test
    void an_empty_log_has_nothing_and_says_so_after_the_wait() throws Exception {
        log.tail(0, Duration.ZERO);
        long start = System.nanoTime();

        Tail tail = log.tail(0, Duration.ofMillis(10));

        assertThat(tail).isEqualTo(new Tail(tail.logId(), List.of(), 0, 0, 0));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
    }

    @Test
    void a_reader_that_waits_gets_what_another_node_appends() throws Exception {
        append(0, 1);
        long next = log.tail(0, LONG).next();
        Future<List<ByteString>> waiting = threads.submit(() -> read(log, next, 1));
        try (StatusLog other = openAgain()) {
            other.append(record(1));

            assertThat(waiting.get()).isEqualTo(records(1, 2));
            assertThat(read(other, 0, 2)).isEqualTo(records(0, 2));
        }
    }

    @Test
    void all_readers_see_what_several_append_in_one_order() throws Exception {
        int writers = 4;
        int each = 25;
        List<Future<?>> done = new ArrayList<>();
        for (int w = 0; w < writers; w++) {
            int from = w * each;
            Callable<Void> appending =
                    () -> {
                        append(from, from + each);
                        return null;
                    };
            done.add(threads.submit(appending));
        }
        Future<List<ByteString>> reading = threads.submit(() -> read(log, 0, writers * each));
        for (Future<?> one : done) {
            one.get();
        }
        List<ByteString> all = reading.get();
        assertThat(all).containsExactlyInAnyOrderElementsOf(records(0, writers * each));
        for (int w = 0; w < writers; w++) {
            assertThat(all).containsSubsequence(records(w * each, (w + 1) * each));
        }
        try (StatusLog other = openAgain()) {
            assertThat(read(other, 0, writers * each)).isEqualTo(all);
        }
    }

    @Test
    void a_reader_learns_that_what_it_needs_was_deleted() throws Exception {
        append(0, 10);
        long fifth = log.tail(0, LONG).first() + 5;
        deleteBefore(fifth);

        Tail tail = log.tail(0, Duration.ZERO);

        assertThat(tail.records()).isEmpty();
        assertThat(tail.first()).isEqualTo(fifth);
        assertThat(tail.next()).isZero();
        assertThat(read(log, fifth, 5)).isEqualTo(records(5, 10));
    }

    @Test
    void a_reader_learns_that_the_log_is_shorter_than_what_it_has_read() throws Exception {
        append(0, 2);
        long end = log.tail(0, LONG).end();

        Tail tail = log.tail(end + 7, Duration.ZERO);

        assertThat(tail.records()).isEmpty();
        assertThat(tail.end()).isEqualTo(end);
        assertThat(tail.next()).isEqualTo(end + 7);
    }

    @Test
    void all_readers_see_one_log_as_the_same() throws Exception {
        ByteString id = log.tail(0, Duration.ZERO).logId();
        append(0, 3);
        deleteBefore(2);

        assertThat(id).isNotEqualTo(ByteString.of(new byte[StatusLog.ID_BYTES]));
        assertThat(log.tail(0, Duration.ZERO).logId()).isEqualTo(id);
        assertThat(log.tail(2, LONG).logId()).isEqualTo(id);
        try (StatusLog other = openAgain()) {
            assertThat(other.tail(2, LONG).logId()).isEqualTo(id);
        }
    }

    @Test
    void a_reader_learns_that_another_log_is_there_though_it_has_its_offset() throws Exception {
        append(0, 5);
        assertThat(read(log, 0, 5)).hasSize(5);
        Tail before = log.tail(5, Duration.ZERO);

        replace();
        try (StatusLog other = openAgain()) {
            for (int i = 100; i < 120; i++) {
                other.append(record(i));
            }
            // It may not answer first; but what it answers is of the log it says.
            Tail tail = tailOnceItAnswers(5);

            assertThat(tail.logId()).isNotEqualTo(before.logId());
            assertThat(tail.records()).isEqualTo(records(105, 105 + tail.records().size()));
            assertThat(other.tail(0, LONG).logId()).isEqualTo(tail.logId());
            assertThat(read(log, 0, 20)).isEqualTo(records(100, 120));
        }
    }

    private Tail tailOnceItAnswers(long offset) throws InterruptedException {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (true) {
            try {
                return log.tail(offset, LONG);
            } catch (LogUnavailableException e) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    @Test
    void a_log_that_is_closed_says_so() {
        Future<Tail> waiting = threads.submit(() -> log.tail(0, LONG));
        log.close();

        assertThatThrownBy(waiting::get).hasCauseInstanceOf(LogUnavailableException.class);
        assertThatThrownBy(() -> log.tail(0, Duration.ZERO))
                .isInstanceOf(LogUnavailableException.class);
        assertThatThrownBy(() -> log.append(record(0))).isInstanceOf(AppendInDoubtException.class);
    }
}
