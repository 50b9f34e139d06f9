package org.precertocsp.responder.cluster.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.answer.TestTemplates;
import org.precertocsp.responder.cluster.NodeSignature;
import org.precertocsp.responder.cluster.responses.ResponseBatch.IssuerHashes;
import org.precertocsp.responder.cluster.responses.ResponseBatch.Opened;
import org.precertocsp.responder.store.ResponseRecord;

final class ResponseBatchTest {
    private static final KeyPair KEY = SignedResponses.nodeKey();
    private static final Map<String, PublicKey> AUTHORITIES = Map.of("a", KEY.getPublic());

    @TempDir static Path folder;

    private static ResponseBatch batch;
    private static ByteString signed;

    @BeforeAll
    static void sign() {
        SignedResponses ca = new SignedResponses(folder);
        batch = of(List.of(ca.good(0x1001), ca.revoked(0x1002)));
        signed = batch.sign(KEY.getPrivate());
    }

    private static ResponseBatch of(List<StoredResponse> responses) {
        return new ResponseBatch(
                "a",
                IssuerHashes.of(responses.getFirst().key().serial().issuer()),
                responses.getFirst().essence().template(),
                responses.stream().map(it -> ResponseRecord.of(it, 0, 0)).toList());
    }

    private static byte[] payload() {
        byte[] bytes = signed.toArray();
        return Arrays.copyOf(bytes, bytes.length - NodeSignature.BYTES);
    }

    private static ByteString signedAgain(byte[] payload) {
        return new NodeSignature(
                        ByteString.of(
                                "precert-ocsp cluster responses\n"
                                        .getBytes(StandardCharsets.US_ASCII)))
                .sign(KEY.getPrivate(), payload);
    }

    @Test
    void what_was_signed_comes_back() {
        assertThat(ResponseBatch.open(signed, AUTHORITIES))
                .isInstanceOfSatisfying(
                        Opened.Genuine.class,
                        opened -> {
                            assertThat(opened.batch().writer()).isEqualTo("a");
                            assertThat(opened.batch().issuer()).isEqualTo(batch.issuer());
                            assertThat(opened.batch().template().id())
                                    .isEqualTo(batch.template().id());
                            assertThat(opened.batch().responses()).isEqualTo(batch.responses());
                        });
        assertThat(signedAgain(payload())).as("one form").isEqualTo(signed);
    }

    @Test
    @Requirement("SA-11")
    void with_any_bit_flipped_it_is_forged() {
        byte[] bytes = signed.toArray();
        for (int bit = 0; bit < 8 * bytes.length; bit += 7) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);

            assertThat(ResponseBatch.open(ByteString.of(flipped), AUTHORITIES))
                    .as("bit %d", bit)
                    .isInstanceOf(Opened.Forged.class);
        }
    }

    @Test
    void nobody_else_signs_for_an_authority() {
        ByteString foreign = batch.sign(SignedResponses.nodeKey().getPrivate());

        assertThat(ResponseBatch.open(foreign, AUTHORITIES))
                .isEqualTo(new Opened.Forged("the signature is not that of a"));
        assertThat(ResponseBatch.open(signed, Map.of("b", KEY.getPublic())))
                .isEqualTo(new Opened.Forged("no authority has its writer's name"));
    }

    @Test
    void a_signature_for_another_purpose_is_forged() {
        ByteString other =
                new NodeSignature(
                                ByteString.of(
                                        "precert-ocsp cluster record\n"
                                                .getBytes(StandardCharsets.US_ASCII)))
                        .sign(KEY.getPrivate(), payload());

        assertThat(ResponseBatch.open(other, AUTHORITIES)).isInstanceOf(Opened.Forged.class);
    }

    @Test
    void other_bytes_are_forged_or_unreadable_and_never_more() {
        assertThat(ResponseBatch.open(ByteString.of(), AUTHORITIES))
                .isEqualTo(new Opened.Forged("it is too short"));
        assertThat(
                        ResponseBatch.open(
                                ByteString.of(new byte[ResponseLog.MAX_RECORD_BYTES + 1]),
                                AUTHORITIES))
                .isEqualTo(new Opened.Forged("524289 bytes are too many"));
        byte[] newer = payload();
        newer[0] = 2;
        assertThat(ResponseBatch.open(signedAgain(newer), AUTHORITIES))
                .isEqualTo(new Opened.Unreadable("a", "version 2, and this program reads 1"));
    }

    @Test
    void every_prefix_that_an_authority_signs_is_unreadable() {
        byte[] payload = payload();
        for (int length = 3; length < payload.length; length++) {
            assertThat(ResponseBatch.open(signedAgain(Arrays.copyOf(payload, length)), AUTHORITIES))
                    .as("%d bytes", length)
                    .isInstanceOf(Opened.Unreadable.class);
        }
        assertThat(
                        ResponseBatch.open(
                                signedAgain(Arrays.copyOf(payload, payload.length + 1)),
                                AUTHORITIES))
                .isInstanceOf(Opened.Unreadable.class);
    }

    @Test
    void the_largest_batch_fits_into_a_record_and_larger_ones_are_refused() {
        ResponseRecord one = batch.responses().getFirst();
        assertThat(one.encode().length + 2)
                .isLessThanOrEqualTo(one.signature().length() + ResponseBatch.RECORD_BYTES);
        List<ResponseRecord> many =
                new ArrayList<>(Collections.nCopies(ResponseBatch.MAX_RESPONSES, one));
        assertThat(
                        new ResponseBatch("a", batch.issuer(), batch.template(), many)
                                .sign(KEY.getPrivate())
                                .length())
                .isLessThan(ResponseLog.MAX_RECORD_BYTES);

        assertThatThrownBy(
                        () ->
                                new ResponseBatch(
                                                "a",
                                                batch.issuer(),
                                                TestTemplates.template("x"),
                                                Collections.nCopies(10_000, one))
                                        .sign(KEY.getPrivate()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () ->
                                new ResponseBatch("a", batch.issuer(), batch.template(), List.of())
                                        .sign(KEY.getPrivate()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
