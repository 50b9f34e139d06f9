package org.precertocsp.responder.cluster.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.StatusLog.LogUnavailableException;
import org.precertocsp.responder.cluster.responses.ResponseLog.Tail;

/// What every log of responses does, whatever it is made of.
@Timeout(120)
public abstract class ResponseLogContract {
    private static final Duration LONG = Duration.ofSeconds(60);

    private ResponseLog log;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /// A handle of an empty log.
    protected abstract ResponseLog open();

    /// Another handle of that log, as another node has it.
    protected abstract ResponseLog openAgain();

    /// Deletes all records there are, as retention does.
    protected abstract void deleteAll();

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
        return ByteString.of(("record " + number).getBytes(StandardCharsets.US_ASCII));
    }

    private static List<ByteString> records(int from, int to) {
        return IntStream.range(from, to).mapToObj(ResponseLogContract::record).toList();
    }

    /// What was read, and where to go on.
    private record Read(List<ByteString> records, List<Long> next) {}

    private static Read read(ResponseLog from, List<Long> offsets, int count)
            throws LogUnavailableException, InterruptedException {
        List<ByteString> all = new ArrayList<>();
        List<Long> next = offsets;
        long end = System.nanoTime() + LONG.toNanos();
        while (all.size() < count && System.nanoTime() - end < 0) {
            Tail tail = from.tail(next, LONG);
            all.addAll(tail.records());
            next = tail.next();
        }
        return new Read(all, next);
    }

    @Test
    void what_was_appended_is_read_once_from_all_partitions() throws Exception {
        log.append(records(0, 100));
        log.append(records(100, 250));

        Read read = read(log, ResponseLog.START, 250);

        assertThat(read.records()).containsExactlyInAnyOrderElementsOf(records(0, 250));
        assertThat(read.next()).allMatch(it -> it > 0);
        assertThat(log.tail(read.next(), Duration.ZERO))
                .isEqualTo(new Tail(List.of(), read.next(), 0));
        assertThat(read(log, ResponseLog.START, 250).records())
                .as("again")
                .containsExactlyInAnyOrderElementsOf(records(0, 250));
    }

    @Test
    void another_node_goes_on_where_the_first_one_was() throws Exception {
        log.append(records(0, 20));
        Read first = read(log, ResponseLog.START, 20);
        log.append(records(20, 40));

        try (ResponseLog other = openAgain()) {
            assertThat(read(other, first.next(), 20).records())
                    .containsExactlyInAnyOrderElementsOf(records(20, 40));
        }
    }

    @Test
    void any_bytes_are_a_record() throws Exception {
        List<ByteString> all =
                List.of(
                        ByteString.of(),
                        ByteString.of(new byte[1]),
                        ByteString.of(new byte[ResponseLog.MAX_RECORD_BYTES]));
        log.append(all);

        assertThat(read(log, ResponseLog.START, 3).records())
                .containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void a_record_that_is_too_large_is_refused_with_those_beside_it() throws Exception {
        assertThatThrownBy(
                        () ->
                                log.append(
                                        List.of(
                                                record(0),
                                                ByteString.of(
                                                        new byte
                                                                [ResponseLog.MAX_RECORD_BYTES
                                                                        + 1]))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a record of 524289 bytes is too large");
        log.append(records(1, 2));

        assertThat(read(log, ResponseLog.START, 1).records()).isEqualTo(records(1, 2));
    }

    @Test
    void a_reader_that_waits_gets_what_another_node_appends() throws Exception {
        log.append(records(0, 1));
        List<Long> next = read(log, ResponseLog.START, 1).next();
        Future<Read> waiting = threads.submit(() -> read(log, next, 1));
        try (ResponseLog other = openAgain()) {
            other.append(records(1, 2));

            assertThat(waiting.get().records()).isEqualTo(records(1, 2));
        }
    }

    @Test
    void a_reader_whose_records_were_deleted_reads_from_the_oldest_on() throws Exception {
        log.append(records(0, 40));
        deleteAll();
        log.append(records(40, 80));

        assertThat(read(log, ResponseLog.START, 40).records())
                .containsExactlyInAnyOrderElementsOf(records(40, 80));
    }

    @Test
    void a_reader_that_was_further_in_another_log_reads_all_of_this_one() throws Exception {
        log.append(records(0, 40));

        List<Long> further = Collections.nCopies(ResponseLog.PARTITIONS, 1_000L);

        assertThat(read(log, further, 40).records())
                .containsExactlyInAnyOrderElementsOf(records(0, 40));
    }

    @Test
    void a_closed_log_says_so_also_to_those_who_wait() throws Exception {
        log.append(records(0, 1));
        List<Long> next = read(log, ResponseLog.START, 1).next();
        Future<Tail> waiting = threads.submit(() -> log.tail(next, LONG));

        log.close();

        assertThatThrownBy(waiting::get)
                .hasRootCauseInstanceOf(LogUnavailableException.class)
                .hasRootCauseMessage("the log is closed");
        assertThatThrownBy(() -> log.append(records(0, 1)))
                .isInstanceOf(LogUnavailableException.class)
                .hasMessage("the log is closed");
    }
}
