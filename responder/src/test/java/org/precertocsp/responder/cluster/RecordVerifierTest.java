package org.precertocsp.responder.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.responder.cluster.TestRecords.A;
import static org.precertocsp.responder.cluster.TestRecords.B;
import static org.precertocsp.responder.cluster.TestRecords.DIGEST;
import static org.precertocsp.responder.cluster.TestRecords.EDGE;
import static org.precertocsp.responder.cluster.TestRecords.NONCE;
import static org.precertocsp.responder.cluster.TestRecords.VERIFIER;
import static org.precertocsp.responder.cluster.TestRecords.signer;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.cluster.ClusterRecord.Claim;
import org.precertocsp.responder.cluster.ClusterRecord.Envelope;
import org.precertocsp.responder.cluster.ClusterRecord.Report;
import org.precertocsp.responder.cluster.RecordVerifier.Opened;
import org.precertocsp.responder.status.StoredRow;

/// What is signed by whom, and what becomes of everything else.
final class RecordVerifierTest {
    private static final Claim CLAIM = new Claim(A, 1, 2, NONCE);

    private static ByteString signed(String signer, byte[] payload)
            throws GeneralSecurityException {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(signer(signer).key());
        signature.update(RecordVerifier.SIGNATURE.context().toArray());
        signature.update(payload);
        byte[] all = Arrays.copyOf(payload, payload.length + RecordVerifier.SIGNATURE_BYTES);
        signature.sign(all, payload.length, RecordVerifier.SIGNATURE_BYTES);
        return ByteString.of(all);
    }

    @ParameterizedTest
    @MethodSource("org.precertocsp.responder.cluster.TestRecords#samples")
    void a_signed_record_is_genuine(ClusterRecord record) {
        assertThat(VERIFIER.open(signer(record.writer()).sign(record)))
                .isEqualTo(
                        new Opened.Genuine(
                                record,
                                HashAlgorithm.SHA256.hash(
                                        ByteString.of(ClusterRecordCodec.encode(record)))));
    }

    @Test
    void bytes_of_a_signed_record_stay_as_they_are() throws GeneralSecurityException {
        assertThat(TestRecords.fixedSigner(A, 7).sign(CLAIM).toHex())
                .isEqualTo(
                        "01"
                                + "0161"
                                + "05"
                                + "0000000000000001"
                                + "0000000000000002"
                                + "00000000000000000000000000000001"
                                + "02d02288748ed83aab437725bf5cb3a3255a0f2ae289a2b9d984e2d9461beda7"
                                + "e10b845e543c669c67424c37bc0f4d4bc05b6d9cbfac4c6a531f328d58720702");
    }

    @ParameterizedTest
    @MethodSource("org.precertocsp.responder.cluster.TestRecords#samples")
    void one_flipped_bit_anywhere_makes_it_forged(ClusterRecord record) {
        byte[] bytes = signer(record.writer()).sign(record).toArray();
        for (int i = 0; i < bytes.length; i++) {
            byte[] other = bytes.clone();
            other[i] ^= (byte) (1 << i % 8);
            assertThat(VERIFIER.open(ByteString.of(other)))
                    .as("byte %d", i)
                    .isInstanceOf(Opened.Forged.class);
        }
    }

    @Test
    void a_beginning_of_a_record_is_forged() {
        byte[] bytes = signer(A).sign(CLAIM).toArray();
        for (int length = 0; length < bytes.length; length++) {
            assertThat(VERIFIER.open(ByteString.of(Arrays.copyOf(bytes, length))))
                    .isInstanceOf(Opened.Forged.class);
        }
    }

    @Test
    void the_key_of_another_node_proves_nothing() throws GeneralSecurityException {
        byte[] payload = ClusterRecordCodec.encode(CLAIM);
        assertThat(VERIFIER.open(signed(A, payload))).isInstanceOf(Opened.Genuine.class);
        assertThat(VERIFIER.open(signed(B, payload)))
                .isEqualTo(new Opened.Forged("the signature is not that of a"));
        assertThat(VERIFIER.open(signed(EDGE, payload)))
                .isEqualTo(new Opened.Forged("the signature is not that of a"));
    }

    @Test
    void a_stranger_is_no_node() throws GeneralSecurityException {
        byte[] payload = ClusterRecordCodec.encode(new Claim("c", 1, 2, NONCE));
        assertThat(VERIFIER.open(signed(A, payload)))
                .isEqualTo(new Opened.Forged("no node has its writer's name"));
    }

    @Test
    void an_edge_reports_and_writes_nothing_else() throws GeneralSecurityException {
        byte[] claim = ClusterRecordCodec.encode(new Claim(EDGE, 1, 2, NONCE));
        assertThat(VERIFIER.open(signed(EDGE, claim)))
                .isEqualTo(new Opened.Forged("fra1 may not write it"));
        byte[] report = ClusterRecordCodec.encode(new Report(A, 1, 2, NONCE));
        assertThat(VERIFIER.open(signed(A, report)))
                .isEqualTo(new Opened.Forged("a may not write it"));
    }

    @Test
    void a_signature_for_another_purpose_proves_nothing() throws GeneralSecurityException {
        byte[] payload = ClusterRecordCodec.encode(CLAIM);
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(signer(A).key());
        signature.update(payload);
        byte[] all = Arrays.copyOf(payload, payload.length + RecordVerifier.SIGNATURE_BYTES);
        signature.sign(all, payload.length, RecordVerifier.SIGNATURE_BYTES);
        assertThat(VERIFIER.open(ByteString.of(all))).isInstanceOf(Opened.Forged.class);
    }

    @Test
    void a_record_of_a_newer_version_is_unreadable_if_an_authority_signed_it()
            throws GeneralSecurityException {
        byte[] payload = ClusterRecordCodec.encode(CLAIM);
        payload[0] = 2;
        assertThat(VERIFIER.open(signed(A, payload)))
                .isEqualTo(new Opened.Unreadable(A, "version 2, and this program reads 1"));
        assertThat(VERIFIER.open(signed(B, payload))).isInstanceOf(Opened.Forged.class);

        byte[] report = ClusterRecordCodec.encode(new Report(EDGE, 1, 2, NONCE));
        report[0] = 2;
        assertThat(VERIFIER.open(signed(EDGE, report))).isInstanceOf(Opened.Forged.class);
    }

    @Test
    void a_record_has_room_for_half_a_mebibyte_and_no_more() {
        int room =
                ClusterRecord.MAX_BYTES
                        - RecordVerifier.SIGNATURE_BYTES
                        - ClusterRecordCodec.encode(envelope(100_000)).length
                        + 100_000;
        ByteString largest = signer(A).sign(envelope(room));
        assertThat(largest.length()).isEqualTo(ClusterRecord.MAX_BYTES);
        assertThat(VERIFIER.open(largest)).isInstanceOf(Opened.Genuine.class);

        assertThatThrownBy(() -> signer(A).sign(envelope(room + 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a record of 524289 bytes is too large");
        assertThat(VERIFIER.open(ByteString.of(new byte[ClusterRecord.MAX_BYTES + 1])))
                .isEqualTo(new Opened.Forged("524289 bytes are too many"));
    }

    private static Envelope envelope(int length) {
        return new Envelope(
                A,
                1,
                2,
                3,
                DIGEST,
                List.of(
                        new StoredRow(
                                StoredRow.Family.STATUS,
                                NONCE,
                                Optional.of(ByteString.of(new byte[length])))));
    }

    @Test
    void a_node_signs_its_own_records_only() {
        assertThatThrownBy(() -> signer(B).sign(CLAIM))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_name_is_an_authority_or_an_edge() {
        KeyPair key = TestRecords.key();
        assertThatThrownBy(
                        () ->
                                new RecordVerifier(
                                        Map.of(A, key.getPublic()), Map.of(A, key.getPublic())))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
