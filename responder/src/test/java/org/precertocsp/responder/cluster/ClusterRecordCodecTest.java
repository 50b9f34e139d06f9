package org.precertocsp.responder.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.responder.cluster.TestRecords.A;
import static org.precertocsp.responder.cluster.TestRecords.B;
import static org.precertocsp.responder.cluster.TestRecords.DELETE;
import static org.precertocsp.responder.cluster.TestRecords.DIGEST;
import static org.precertocsp.responder.cluster.TestRecords.EDGE;
import static org.precertocsp.responder.cluster.TestRecords.EMPTY;
import static org.precertocsp.responder.cluster.TestRecords.NONCE;
import static org.precertocsp.responder.cluster.TestRecords.PUT;
import static org.precertocsp.responder.cluster.TestRecords.TIME;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterRecord.Beat;
import org.precertocsp.responder.cluster.ClusterRecord.Claim;
import org.precertocsp.responder.cluster.ClusterRecord.Echo;
import org.precertocsp.responder.cluster.ClusterRecord.Envelope;
import org.precertocsp.responder.cluster.ClusterRecord.Part;
import org.precertocsp.responder.cluster.ClusterRecord.Report;
import org.precertocsp.responder.cluster.ClusterRecord.Reset;
import org.precertocsp.responder.cluster.ClusterRecord.RowDigests;
import org.precertocsp.responder.cluster.ClusterRecord.Seal;
import org.precertocsp.responder.status.FrozenRows.IssuerDigest;
import org.precertocsp.responder.status.StoredRow;

/// Bytes that nodes of other versions read. If a golden one fails, the format changed: give it a
/// new version and keep reading the old one.
final class ClusterRecordCodecTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final String D = "d1".repeat(32);
    private static final String N = "0".repeat(31) + "1";

    private static void golden(ClusterRecord record, String hex) throws InvalidRecordException {
        byte[] bytes = HEX.parseHex(hex.replace(" ", ""));
        assertThat(HEX.formatHex(ClusterRecordCodec.encode(record)))
                .isEqualTo(HEX.formatHex(bytes));
        assertThat(ClusterRecordCodec.decode(bytes)).isEqualTo(record);
    }

    @Test
    void bytes_of_records_stay_as_they_are() throws InvalidRecordException {
        String one = "0000000000000001";
        String two = "0000000000000002";
        String three = "0000000000000003";
        golden(
                new Envelope(A, 1, 2, 3, DIGEST, List.of(PUT, DELETE, EMPTY)),
                "01 0161 01 "
                        + one
                        + two
                        + three
                        + D
                        + "03"
                        + "01 03000a1b 0729006b8b4567"
                        + "00 016b 00"
                        + "0b 016c 01");
        golden(
                new Part(A, 1, 2, 3, 200, List.of(PUT)),
                "01 0161 02 " + one + two + three + "c801 01 01 03000a1b 0729006b8b4567");
        golden(new Seal(A, 1, 2, 3, DIGEST, DIGEST), "01 0161 03 " + one + two + three + D + D);
        golden(
                new Beat(B, 1, 3, DIGEST, TIME, List.of(new Echo(EDGE, NONCE))),
                "01 0162 04 " + one + three + D + "00000123456789ab" + "01" + "0466726131" + N);
        golden(new Claim(B, 1, 2, NONCE), "01 0162 05 " + one + two + N);
        golden(new Reset(A, 1, 2, 3, DIGEST), "01 0161 06 " + one + two + three + D);
        golden(new Report(EDGE, 1, 3, NONCE), "01 0466726131 07 " + one + three + N);
        golden(
                new RowDigests(
                        EDGE,
                        1,
                        3,
                        List.of(new IssuerDigest(0, 2, DIGEST), new IssuerDigest(200, 1, DIGEST))),
                "01 0466726131 08 " + one + three + "02 00" + two + D + "c801" + one + D);
    }

    @ParameterizedTest
    @MethodSource("org.precertocsp.responder.cluster.TestRecords#samples")
    void records_come_back(ClusterRecord record) throws InvalidRecordException {
        assertThat(ClusterRecordCodec.decode(ClusterRecordCodec.encode(record))).isEqualTo(record);
    }

    @ParameterizedTest
    @MethodSource("org.precertocsp.responder.cluster.TestRecords#samples")
    void every_beginning_and_every_longer_record_is_refused(ClusterRecord record) {
        byte[] bytes = ClusterRecordCodec.encode(record);
        for (int length = 0; length <= bytes.length + 1; length++) {
            byte[] other = Arrays.copyOf(bytes, length);
            if (length != bytes.length) {
                assertThatThrownBy(() -> ClusterRecordCodec.decode(other))
                        .isInstanceOf(InvalidRecordException.class);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "02 0161 05 0000000000000001 0000000000000002 N, version 2",
        "00 0161 05 0000000000000001 0000000000000002 N, version 0",
        "01 0161 00 0000000000000001 0000000000000002 N, kind 0",
        "01 0161 09 0000000000000001 0000000000000002 N, kind 9",
        "01 0161 08 0000000000000001 0000000000000002 01 01 0000000000000000 D, rows is 0",
        "01 0161 08 0000000000000001 0000000000000002 02 01 0000000000000001 D"
                + " 01 0000000000000001 D, issuer is 1",
        "01 0161 05 0000000000000000 0000000000000002 N, generation is 0",
        "01 0161 05 8000000000000000 0000000000000002 N, generation is -9223372036854775808",
        "01 0161 05 0000000000000001 0000000000000000 N, epoch is 0",
        "01 0161 05 0000000000000001 0000000000000002 N00, 1 bytes after the end",
        "01 00 05 0000000000000001 0000000000000002 N, not a name of a node",
        "01 0141 05 0000000000000001 0000000000000002 N, not a name of a node",
        "01 01e4 05 0000000000000001 0000000000000002 N, not a name of a node",
        "01 0161 01 0000000000000001 0000000000000002 0000000000000000 D 00, sequence is 0",
        "01 0161 01 0000000000000001 0000000000000002 0000000000000003 D 01 08 016b 00, family 8",
        "01 0161 01 0000000000000001 0000000000000002 0000000000000003 D 01 01 00 00, a key of 0",
        "01 0161 01 0000000000000001 0000000000000002 0000000000000003 D 8000, a count",
        "01 0161 01 0000000000000001 0000000000000002 0000000000000003 D ffffffff0f, a count",
        "01 0161 02 0000000000000001 0000000000000002 0000000000000003 00 00, part is 0",
        "01 0161 02 0000000000000001 0000000000000002 0000000000000003 818004 00, part 65537",
        "01 0161 04 0000000000000001 0000000000000002 D 0000000000000003 02 0161N 0161N, two echoes"
    })
    void anything_else_is_refused_with_its_reason(String text, String reason) {
        byte[] bytes = HEX.parseHex(text.replace("D", D).replace("N", N).replace(" ", ""));

        assertThatThrownBy(() -> ClusterRecordCodec.decode(bytes))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessageContaining(reason);
    }

    @Property(tries = 500)
    void any_record_comes_back(@ForAll("records") ClusterRecord record)
            throws InvalidRecordException {
        assertThat(ClusterRecordCodec.decode(ClusterRecordCodec.encode(record))).isEqualTo(record);
    }

    /// Random bytes hardly ever begin like a record.
    @Property(tries = 5_000)
    void any_bytes_are_one_record_or_refused(
            @ForAll @IntRange(max = 8) int kind, @ForAll @Size(max = 90) byte[] body) {
        byte[] bytes = new byte[4 + body.length];
        bytes[0] = ClusterRecordCodec.VERSION;
        bytes[1] = 1;
        bytes[2] = 'a';
        bytes[3] = (byte) kind;
        System.arraycopy(body, 0, bytes, 4, body.length);
        assertOneRecordOrRefused(bytes);
    }

    @Property(tries = 2_000)
    void a_changed_record_is_one_record_or_refused(
            @ForAll("records") ClusterRecord record, @ForAll int place, @ForAll byte value) {
        byte[] bytes = ClusterRecordCodec.encode(record);
        bytes[Math.floorMod(place, bytes.length)] = value;
        assertOneRecordOrRefused(bytes);
    }

    static void assertOneRecordOrRefused(byte[] bytes) {
        try {
            assertThat(ClusterRecordCodec.encode(ClusterRecordCodec.decode(bytes)))
                    .isEqualTo(bytes);
        } catch (InvalidRecordException e) {
            assertThat(e).hasMessageNotContaining("null");
        }
    }

    @Provide
    Arbitrary<ClusterRecord> records() {
        Arbitrary<Long> numbers = Arbitraries.longs().between(1, Long.MAX_VALUE);
        Arbitrary<ByteString> digests = bytes(32, 32);
        Arbitrary<ByteString> nonces = bytes(16, 16);
        Arbitrary<Integer> counts = Arbitraries.integers().between(1, ClusterRecord.MAX_PARTS);
        Arbitrary<List<StoredRow>> rows =
                Combinators.combine(
                                Arbitraries.of(StoredRow.Family.class),
                                bytes(1, 40),
                                bytes(0, 200).optional())
                        .as(StoredRow::new)
                        .list()
                        .ofMaxSize(8);
        return Arbitraries.oneOf(
                Combinators.combine(numbers, numbers, numbers, digests, rows)
                        .as((g, e, s, d, r) -> new Envelope(A, g, e, s, d, r)),
                Combinators.combine(numbers, numbers, numbers, counts, rows)
                        .as((g, e, s, n, r) -> new Part(A, g, e, s, n, r)),
                Combinators.combine(numbers, numbers, numbers, digests, digests)
                        .as((g, e, s, p, d) -> new Seal(A, g, e, s, p, d)),
                Combinators.combine(numbers, numbers, digests, nonces.list().ofMaxSize(5))
                        .as((g, s, h, n) -> new Beat(A, g, s, h, TIME, echoes(n))),
                Combinators.combine(numbers, numbers, nonces)
                        .as((g, e, n) -> new Claim(A, g, e, n)),
                Combinators.combine(numbers, numbers, numbers, digests)
                        .as((g, e, s, d) -> new Reset(A, g, e, s, d)),
                Combinators.combine(numbers, numbers, nonces)
                        .as((g, s, n) -> new Report(A, g, s, n)),
                Combinators.combine(numbers, numbers, numbers, digests.list().ofMaxSize(5))
                        .as((g, s, n, d) -> new RowDigests(A, g, s, rowDigests(n, d))));
    }

    private static Arbitrary<ByteString> bytes(int least, int most) {
        return Arbitraries.bytes()
                .array(byte[].class)
                .ofMinSize(least)
                .ofMaxSize(most)
                .map(ByteString::of);
    }

    private static List<IssuerDigest> rowDigests(long rows, List<ByteString> hashes) {
        List<IssuerDigest> digests = new ArrayList<>();
        for (ByteString hash : hashes) {
            digests.add(new IssuerDigest(100 * digests.size(), rows, hash));
        }
        return digests;
    }

    private static List<Echo> echoes(List<ByteString> nonces) {
        List<Echo> echoes = new ArrayList<>();
        for (ByteString nonce : nonces) {
            echoes.add(new Echo("edge-" + echoes.size(), nonce));
        }
        return echoes;
    }
}
