package org.precertocsp.responder.cluster.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.responder.cluster.answers.AnswerReply.Item;
import org.precertocsp.responder.cluster.answers.AnswerReply.Reason;
import org.precertocsp.responder.request.OcspRequest;
import org.precertocsp.responder.request.OcspRequestDecoder;
import org.precertocsp.responder.request.RequestLimits;
import org.precertocsp.responder.store.ResponseRecord;

/// Bytes between nodes of different versions. If a golden one fails, the format changed: give it a
/// new number and keep reading the old one.
final class AnswerReplyTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final ByteString A = ByteString.ofHex("aa".repeat(32));
    private static final ByteString B = ByteString.ofHex("bb".repeat(32));
    private static final String RECORD = "04 0000 5a 00 20 006b0187c0 80c60a 00 0102";

    static Item.Signed signed(int template) {
        return new Item.Signed(
                new ResponseRecord(
                        0,
                        Serial.ofHex("5a"),
                        HashAlgorithm.SHA1,
                        DigestParameters.NULL,
                        new CertStatus.Good(),
                        ValidityWindow.from(
                                Instant.parse("2026-11-21T12:00:00Z"), Duration.ofDays(2)),
                        template,
                        ByteString.of((byte) 1, (byte) 2)));
    }

    private static AnswerReply usual() {
        return new AnswerReply(
                258,
                List.of(A, B),
                List.of(
                        signed(0),
                        new Item.Unsigned(Reason.ANNOUNCED),
                        signed(1),
                        signed(0),
                        new Item.Unsigned(Reason.FAILED)));
    }

    static Stream<byte[]> seeds() {
        return Stream.of(
                usual().encode(),
                new AnswerReply(0, List.of(), List.of(new Item.Unsigned(Reason.BUSY))).encode());
    }

    @Test
    void bytes_of_replies_stay_as_they_are() throws InvalidReplyException {
        golden(
                usual(),
                "01 0000000000000102 02 "
                        + A.toHex()
                        + B.toHex()
                        + "05 00 0011 "
                        + RECORD
                        + "01 00 0011 "
                        + RECORD.replace(" 00 0102", " 01 0102")
                        + "00 0011 "
                        + RECORD
                        + "05");
        golden(
                new AnswerReply(
                        0,
                        List.of(),
                        List.of(
                                new Item.Unsigned(Reason.UNASSIGNED),
                                new Item.Unsigned(Reason.NOT_SERVED),
                                new Item.Unsigned(Reason.BUSY))),
                "01 0000000000000000 00 03 02 03 04");
    }

    private static void golden(AnswerReply reply, String hex) throws InvalidReplyException {
        String bytes = hex.replace(" ", "");
        assertThat(HEX.formatHex(reply.encode())).isEqualTo(bytes);
        assertThat(AnswerReply.decode(HEX.parseHex(bytes))).isEqualTo(reply);
    }

    @ParameterizedTest
    @CsvSource({
        "nothing, '', ends early",
        "another format, 02 0000000000000000 00 01 02, format 2",
        "a negative sequence, 01 8000000000000000 00 01 02, sequence -",
        "no items, 01 0000000000000000 00 00, 0 items",
        "more than its count, 01 0000000000000000 00 01 02 02, 1 bytes after its end",
        "an unknown reason, 01 0000000000000000 00 01 06, kind 6",
        "a long record, 01 0000000000000000 00 01 00 ffff 00, ends early",
        "a damaged record, 01 0000000000000000 00 01 00 0001 00, a response row is damaged",
    })
    void other_bytes_are_refused(String what, String hex, String why) {
        assertRefused(HEX.parseHex(hex.replace(" ", "")), why);
    }

    @Test
    void templates_are_those_that_items_use_in_the_order_of_use() {
        assertRefused(new AnswerReply(1, List.of(A), List.of(signed(0))), A, B, "2 templates");
        byte[] unused = HEX.parseHex("01" + "00".repeat(8) + "01" + A.toHex() + "0102");
        assertRefused(unused, "1 templates, of which items use 0");
        assertThatThrownBy(() -> new AnswerReply(1, List.of(A), List.of(signed(1))).encode())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () ->
                                new AnswerReply(1, List.of(A, A), List.of(signed(0), signed(1)))
                                        .encode())
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertRefused(
            AnswerReply reply, ByteString id, ByteString more, String why) {
        String hex = HEX.formatHex(reply.encode());
        assertRefused(
                HEX.parseHex(hex.replace("01" + id.toHex(), "02" + id.toHex() + more.toHex())),
                why);
    }

    private static void assertRefused(byte[] bytes, String why) {
        assertThatThrownBy(() -> AnswerReply.decode(bytes))
                .isInstanceOf(InvalidReplyException.class)
                .hasMessageContaining(why);
    }

    @Test
    void no_beginning_of_a_reply_is_one() {
        byte[] whole = usual().encode();
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> AnswerReply.decode(part))
                    .isInstanceOf(InvalidReplyException.class);
        }
    }

    @Test
    void a_batch_is_an_ocsp_request_in_the_usual_form() {
        List<CertId> asked = List.of(TestAuthority.certId(5), TestAuthority.certId(1L << 60));

        assertThat(new OcspRequestDecoder(new RequestLimits(2)).decode(AnswerRequest.encode(asked)))
                .isEqualTo(new OcspRequest(asked, Optional.empty()));
        assertThat(
                        new OcspRequestDecoder(new RequestLimits(1))
                                .newView()
                                .read(
                                        AnswerRequest.encode(asked.subList(0, 1)),
                                        0,
                                        AnswerRequest.encode(asked.subList(0, 1)).length))
                .isTrue();
    }
}
