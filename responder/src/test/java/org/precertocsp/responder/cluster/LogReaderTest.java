package org.precertocsp.responder.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.cluster.TestRecords.A;
import static org.precertocsp.responder.cluster.TestRecords.B;
import static org.precertocsp.responder.cluster.TestRecords.DIGEST;
import static org.precertocsp.responder.cluster.TestRecords.EDGE;
import static org.precertocsp.responder.cluster.TestRecords.NONCE;
import static org.precertocsp.responder.cluster.TestRecords.PUT;
import static org.precertocsp.responder.cluster.TestRecords.TIME;
import static org.precertocsp.responder.cluster.TestRecords.genuine;
import static org.precertocsp.responder.cluster.TestRecords.nonce;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterRecord.Beat;
import org.precertocsp.responder.cluster.ClusterRecord.Claim;
import org.precertocsp.responder.cluster.ClusterRecord.Envelope;
import org.precertocsp.responder.cluster.ClusterRecord.Part;
import org.precertocsp.responder.cluster.ClusterRecord.Report;
import org.precertocsp.responder.cluster.ClusterRecord.Reset;
import org.precertocsp.responder.cluster.ClusterRecord.Seal;
import org.precertocsp.responder.cluster.ReadResult.Ignored;
import org.precertocsp.responder.cluster.ReadResult.Stopped;
import org.precertocsp.responder.cluster.RecordVerifier.Opened;

/// Which records count, one row of a table for each case.
final class LogReaderTest {
    private static final LogReader READER = new LogReader(ClusterRules.CONTRACT);

    /// Change 7 was the newest, in epoch 3 of generation 2, held by `a`.
    private static final ReaderPosition AT =
            new ReaderPosition(2, 3, Optional.of(A), 7, DIGEST, Optional.empty());

    private static final ByteString OTHER = ByteString.ofHex("0e".repeat(32));

    private static Envelope envelope(long generation, long epoch, long sequence) {
        return new Envelope(A, generation, epoch, sequence, DIGEST, List.of(PUT));
    }

    private static Part part(int number) {
        return new Part(A, 2, 3, 8, number, List.of(PUT));
    }

    private static Seal seal(ByteString digest) {
        return new Seal(A, 2, 3, 8, DIGEST, digest);
    }

    private static ReadResult read(ReaderPosition at, ClusterRecord record) {
        return READER.read(at, genuine(record));
    }

    @Test
    void the_next_change_of_the_holder_counts() {
        Envelope next = envelope(2, 3, 8);

        assertThat(read(AT, next))
                .isEqualTo(
                        new ReadResult.Counted(
                                new ReaderPosition(
                                        2,
                                        3,
                                        Optional.of(A),
                                        8,
                                        genuine(next).digest(),
                                        Optional.empty()),
                                next));
    }

    @Test
    void a_claim_of_the_next_epoch_takes_over_and_discards_parts() {
        ReaderPosition staged = read(AT, part(1)).position();
        Claim claim = new Claim(B, 2, 4, NONCE);

        assertThat(read(staged, claim))
                .isEqualTo(
                        new ReadResult.Claimed(
                                new ReaderPosition(
                                        2, 4, Optional.of(B), 7, DIGEST, Optional.empty()),
                                claim));
    }

    @Test
    void a_log_that_begins_where_the_reader_is_goes_on_without_a_holder() {
        Reset reset = new Reset(B, 3, 5, 7, DIGEST);

        assertThat(read(AT, reset))
                .isEqualTo(
                        new ReadResult.Begun(
                                new ReaderPosition(
                                        3, 5, Optional.empty(), 7, DIGEST, Optional.empty()),
                                reset));
    }

    @Test
    void a_beat_changes_nothing() {
        Beat beat = new Beat(B, 2, 7, DIGEST, TIME, List.of());
        assertThat(read(AT, beat)).isEqualTo(new ReadResult.Beaten(AT, beat));
        Beat behind = new Beat(B, 2, 5, OTHER, TIME, List.of());
        assertThat(read(AT, behind)).isEqualTo(new ReadResult.Beaten(AT, behind));
    }

    static Stream<Arguments> ignored() {
        return Stream.of(
                Arguments.of("a report", new Report(EDGE, 2, 7, NONCE), Ignored.Reason.MISPLACED),
                Arguments.of(
                        "a change of an old generation",
                        envelope(1, 3, 8),
                        Ignored.Reason.OLD_GENERATION),
                Arguments.of(
                        "a claim of an old generation",
                        new Claim(B, 1, 4, NONCE),
                        Ignored.Reason.OLD_GENERATION),
                Arguments.of(
                        "a beat of an old generation",
                        new Beat(B, 1, 7, DIGEST, TIME, List.of()),
                        Ignored.Reason.OLD_GENERATION),
                Arguments.of(
                        "the next change of an old epoch",
                        envelope(2, 2, 8),
                        Ignored.Reason.OLD_EPOCH),
                Arguments.of(
                        "the epoch claimed again",
                        new Claim(B, 2, 3, NONCE),
                        Ignored.Reason.OLD_EPOCH),
                Arguments.of("the newest change again", envelope(2, 3, 7), Ignored.Reason.REPLAYED),
                Arguments.of("an older change again", envelope(2, 3, 1), Ignored.Reason.REPLAYED),
                Arguments.of(
                        "the reset of this generation again",
                        new Reset(B, 2, 3, 7, DIGEST),
                        Ignored.Reason.REPLAYED),
                Arguments.of("a second part", part(2), Ignored.Reason.INCOMPLETE),
                Arguments.of(
                        "a seal without parts",
                        seal(ReaderPosition.NO_DIGEST),
                        Ignored.Reason.INCOMPLETE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ignored")
    void does_not_count(String name, ClusterRecord record, Ignored.Reason reason) {
        assertThat(read(AT, record))
                .as(name)
                .isInstanceOfSatisfying(
                        Ignored.class,
                        result -> {
                            assertThat(result.reason()).isEqualTo(reason);
                            assertThat(result.position()).isEqualTo(AT);
                        });
    }

    static Stream<Arguments> stops() {
        return Stream.of(
                Arguments.of("a change after a missing one", envelope(2, 3, 9), Stopped.Reason.GAP),
                Arguments.of("a change of a later epoch", envelope(2, 4, 8), Stopped.Reason.GAP),
                Arguments.of(
                        "a change of a later generation", envelope(3, 3, 8), Stopped.Reason.GAP),
                Arguments.of(
                        "a claim after a missing one",
                        new Claim(B, 2, 5, NONCE),
                        Stopped.Reason.GAP),
                Arguments.of(
                        "a beat that knows a missing change",
                        new Beat(B, 2, 8, OTHER, TIME, List.of()),
                        Stopped.Reason.GAP),
                Arguments.of(
                        "a log that begins further on",
                        new Reset(B, 3, 3, 8, OTHER),
                        Stopped.Reason.GAP),
                Arguments.of(
                        "a log that begins with less",
                        new Reset(B, 3, 3, 6, OTHER),
                        Stopped.Reason.LOST_CHANGES),
                Arguments.of(
                        "a log that begins with another history",
                        new Reset(B, 3, 3, 7, OTHER),
                        Stopped.Reason.DIVERGED),
                Arguments.of(
                        "a change that continues another history",
                        new Envelope(A, 2, 3, 8, OTHER, List.of(PUT)),
                        Stopped.Reason.DIVERGED),
                Arguments.of(
                        "a beat of another history",
                        new Beat(B, 2, 7, OTHER, TIME, List.of()),
                        Stopped.Reason.DIVERGED),
                Arguments.of(
                        "a seal that continues another history",
                        new Seal(A, 2, 3, 8, OTHER, DIGEST),
                        Stopped.Reason.DIVERGED));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("stops")
    void stops_the_reader(String name, ClusterRecord record, Stopped.Reason reason) {
        assertThat(read(AT, record))
                .as(name)
                .isInstanceOfSatisfying(
                        Stopped.class,
                        result -> {
                            assertThat(result.reason()).isEqualTo(reason);
                            assertThat(result.position()).isEqualTo(AT);
                        });
    }

    @Test
    void a_forged_record_is_ignored_and_one_of_a_newer_version_stops_the_reader() {
        assertThat(READER.read(AT, new Opened.Forged("why")))
                .isEqualTo(new Ignored(AT, Ignored.Reason.FORGED, "why"));
        assertThat(READER.read(AT, new Opened.Unreadable(A, "why")))
                .isEqualTo(new Stopped(AT, Stopped.Reason.UNREADABLE, "a wrote it: why"));
    }

    @Test
    void a_refusal_says_what_is_missing() {
        assertThat(read(AT, envelope(2, 3, 9)))
                .isEqualTo(
                        new Stopped(
                                AT, Stopped.Reason.GAP, "change 8 is missing, this node has 7"));
        assertThat(read(AT, new Reset(B, 3, 3, 6, OTHER)))
                .isEqualTo(
                        new Stopped(
                                AT,
                                Stopped.Reason.LOST_CHANGES,
                                "generation 3 begins with change 6, and this node has 7"));
    }

    @Test
    void parts_count_with_their_seal_and_not_before() {
        ReaderPosition first = read(AT, part(1)).position();
        ReaderPosition second = read(first, part(2)).position();
        assertThat(second.sequence()).isEqualTo(7);
        Seal seal = seal(second.stagedSoFar().digest());

        assertThat(read(second, part(1))).isInstanceOf(Ignored.class);
        assertThat(read(first, seal)).isInstanceOf(Ignored.class);
        assertThat(read(second, seal(first.stagedSoFar().digest()))).isInstanceOf(Ignored.class);
        assertThat(read(second, seal)).isInstanceOf(ReadResult.Counted.class);
        ReaderPosition sealed = read(second, seal).position();
        assertThat(sealed.sequence()).isEqualTo(8);
        assertThat(sealed.staged()).isEmpty();
        assertThat(read(sealed, seal)).isInstanceOf(Ignored.class);
    }

    /// A log with several epochs, a replaced log, and sets in parts.
    private static List<ClusterRecord> log() {
        List<ClusterRecord> log = new ArrayList<>();
        ReaderPosition at = ReaderPosition.START;
        log.add(new Reset(A, 1, 0, 0, ReaderPosition.NO_DIGEST));
        at = read(at, log.getLast()).position();
        for (int round = 1; round <= 4; round++) {
            String writer = round % 2 == 0 ? B : A;
            log.add(new Claim(writer, at.generation(), at.epoch() + 1, nonce(round)));
            at = read(at, log.getLast()).position();
            log.add(envelope(writer, at, round));
            at = read(at, log.getLast()).position();
            log.add(
                    new Part(
                            writer,
                            at.generation(),
                            at.epoch(),
                            at.sequence() + 1,
                            1,
                            List.of(PUT)));
            at = read(at, log.getLast()).position();
            log.add(
                    new Seal(
                            writer,
                            at.generation(),
                            at.epoch(),
                            at.sequence() + 1,
                            at.head(),
                            at.stagedSoFar().digest()));
            at = read(at, log.getLast()).position();
            log.add(new Beat(writer, at.generation(), at.sequence(), at.head(), TIME, List.of()));
        }
        log.add(new Reset(A, 2, at.epoch(), at.sequence(), at.head()));
        return log;
    }

    private static Envelope envelope(String writer, ReaderPosition at, int content) {
        return new Envelope(
                writer,
                at.generation(),
                at.epoch(),
                at.sequence() + 1,
                at.head(),
                List.of(TestRecords.row("key", "value " + content)));
    }

    private static ReaderPosition readAll(List<ClusterRecord> log) {
        ReaderPosition at = ReaderPosition.START;
        for (ClusterRecord record : log) {
            ReadResult result = read(at, record);
            if (result instanceof Stopped) {
                return at;
            }
            at = result.position();
        }
        return at;
    }

    @Test
    void the_whole_log_counts() {
        ReaderPosition end = readAll(log());
        assertThat(end.generation()).isEqualTo(2);
        assertThat(end.epoch()).isEqualTo(4);
        assertThat(end.sequence()).isEqualTo(8);
    }

    /// What a broker can do without a key: say things again.
    @Property(tries = 500)
    void records_that_are_repeated_later_change_nothing(@ForAll long seed) {
        Random random = new Random(seed);
        List<ClusterRecord> log = new ArrayList<>(log());
        ReaderPosition end = readAll(log);
        for (int i = 0; i < 5; i++) {
            int from = random.nextInt(log.size());
            log.add(from + 1 + random.nextInt(log.size() - from), log.get(from));
        }
        assertThat(readAll(log)).isEqualTo(end);
    }

    /// Whatever it leaves out or puts into another order, a reader never takes another history for
    /// this one: it has a beginning of it.
    @Property(tries = 500)
    void a_reader_of_any_selection_in_any_order_has_a_beginning(@ForAll long seed) {
        Random random = new Random(seed);
        List<ClusterRecord> log = log();
        List<ByteString> heads = new ArrayList<>();
        ReaderPosition at = ReaderPosition.START;
        heads.add(at.head());
        for (ClusterRecord record : log) {
            at = read(at, record).position();
            heads.add(at.head());
        }
        List<ClusterRecord> other = new ArrayList<>(log);
        if (random.nextBoolean()) {
            Collections.shuffle(other, random);
        }
        other.removeIf(_ -> random.nextInt(10) == 0);
        assertThat(heads).contains(readAll(other).head());
    }
}
