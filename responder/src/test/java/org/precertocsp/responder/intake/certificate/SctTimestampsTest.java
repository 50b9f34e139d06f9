package org.precertocsp.responder.intake.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.MalformedDerException;

final class SctTimestampsTest {
    private static final ASN1ObjectIdentifier SCT_LIST =
            new ASN1ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2");
    private static final KeyPair LEAF = TestCa.p256();
    private static final TestCa CA = TestCa.root("Issuing CA");
    private static final Instant FIRST = Instant.parse("2026-06-01T10:00:00.250Z");

    private static Optional<Instant> earliest(byte[] list) throws MalformedDerException {
        return SctTimestamps.earliest(
                RawCertificate.parse(
                        ByteString.of(
                                TestCa.encoded(
                                        CA.issue(
                                                BigInteger.TWO,
                                                LEAF,
                                                builder ->
                                                        builder.addExtension(
                                                                SCT_LIST,
                                                                false,
                                                                new DEROctetString(list)))))));
    }

    private static byte[] sct(Instant at) {
        byte[] sct = new byte[120];
        ByteBuffer.wrap(sct).putLong(33, at.toEpochMilli());
        return sct;
    }

    private static byte[] list(byte[]... scts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] sct : scts) {
            all.writeBytes(ByteBuffer.allocate(2).putShort((short) sct.length).array());
            all.writeBytes(sct);
        }
        byte[] content = all.toByteArray();
        return ByteBuffer.allocate(2 + content.length)
                .putShort((short) content.length)
                .put(content)
                .array();
    }

    @Test
    void earliest_of_several_counts() throws MalformedDerException {
        assertThat(earliest(list(sct(FIRST.plusSeconds(9)), sct(FIRST), sct(FIRST.plusMillis(1)))))
                .contains(FIRST);
    }

    @Test
    void certificate_without_scts_has_no_date() throws MalformedDerException {
        assertThat(
                        SctTimestamps.earliest(
                                RawCertificate.parse(
                                        ByteString.of(
                                                TestCa.encoded(
                                                        CA.issue(BigInteger.TWO, LEAF, _ -> {}))))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "0000", "00040002ffff", "0004ffff0000"})
    void octets_that_are_no_scts_are_no_date_and_no_fault(String hex) throws MalformedDerException {
        assertThat(earliest(ByteString.ofHex(hex).toArray())).isEmpty();
    }
}
