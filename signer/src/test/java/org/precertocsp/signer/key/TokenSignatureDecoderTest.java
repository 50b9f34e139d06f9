package org.precertocsp.signer.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Signatures with a leading zero in r or s are one in 128: the tests sign until they have some.
final class TokenSignatureDecoderTest {
    private static final int SHORTENED = 3;
    private static final int SIGNATURES = 10_000;

    @ParameterizedTest
    @CsvSource({
        "secp256r1, ECDSA_P256_SHA256, 32",
        "secp384r1, ECDSA_P384_SHA384, 48",
        "secp521r1, ECDSA_P521_SHA512, 66"
    })
    void every_form_of_an_ecdsa_signature_is_read_as_the_same(
            String curve, SignatureScheme scheme, int half) throws Exception {
        KeyPair keys = ec(curve);
        TokenSignatureDecoder form = form(keys, scheme);
        int shortened = 0;
        for (int i = 0; i < SIGNATURES && shortened < SHORTENED; i++) {
            byte[] message = {(byte) i, (byte) (i >> 8)};
            byte[] der = sign(keys, scheme, message);
            ASN1Sequence pair = ASN1Sequence.getInstance(der);
            BigInteger r = ASN1Integer.getInstance(pair.getObjectAt(0)).getValue();
            BigInteger s = ASN1Integer.getInstance(pair.getObjectAt(1)).getValue();
            boolean isShort = Math.min(r.bitLength(), s.bitLength()) <= 8 * (half - 1);
            if (!isShort && i > 20) {
                continue;
            }
            shortened += isShort ? 1 : 0;
            for (byte[] made :
                    new byte[][] {
                        join(fixed(r, half), fixed(s, half)),
                        join(fixed(r, half + 1), fixed(s, half + 1)),
                        join(fixed(r, half + 4), fixed(s, half + 4)),
                        join(r.toByteArray(), s.toByteArray()),
                        join(unsigned(r), unsigned(s)),
                        join(fixed(r, half), unsigned(s)),
                        join(unsigned(r), fixed(s, half)),
                        der,
                        sequence(unsigned(r), unsigned(s)),
                        sequence(fixed(r, half + 2), fixed(s, half + 2))
                    }) {
                assertThat(form.read(message, made)).isEqualTo(der);
            }
        }
        assertThat(shortened).isEqualTo(SHORTENED);
    }

    @Test
    void octets_that_are_no_signature_are_refused_or_left_to_be_verified() throws Exception {
        TokenSignatureDecoder form = form(ec("secp256r1"), SignatureScheme.ECDSA_P256_SHA256);
        for (int length : new int[] {0, 1, 2, 31, 40, 55, 81, 8192}) {
            byte[] made = new byte[length];
            Arrays.fill(made, (byte) 0x30);
            assertThatThrownBy(() -> form.read(new byte[1], made))
                    .isInstanceOf(SigningKeyException.class)
                    .hasMessageContaining(length + " bytes");
        }
        for (byte[] truncated :
                new byte[][] {
                    {0x30},
                    {0x30, 4},
                    {0x30, 4, 2, 1},
                    {0x30, (byte) 0x81},
                    {0x30, 3, 2, 1, 1},
                    {0x30, 6, 2, 1, 0, 2, 1, 0},
                    {0x30, 6, 2, (byte) 0xff, 1, 2, 1, 1}
                }) {
            assertThat(form.readings(truncated)).isEmpty();
        }
    }

    @Test
    void rsa_signature_gets_the_length_of_its_modulus_again() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        TokenSignatureDecoder form =
                form(generator.generateKeyPair(), SignatureScheme.RSA_PKCS1_SHA256);
        byte[] whole = new byte[256];
        Arrays.fill(whole, 3, 256, (byte) 7);

        assertThat(form.readings(Arrays.copyOfRange(whole, 3, 256)))
                .singleElement()
                .isEqualTo(whole);
        assertThat(form.readings(join(new byte[2], whole))).singleElement().isEqualTo(whole);
        assertThat(form.readings(new byte[0])).isEmpty();
        assertThat(form.readings(join(new byte[] {1}, whole))).isEmpty();
    }

    private static TokenSignatureDecoder form(KeyPair keys, SignatureScheme scheme)
            throws SigningKeyException {
        SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
        return new TokenSignatureDecoder(
                scheme, SchemeSelection.modulusBytes(info), SignatureVerifier.of(info, scheme));
    }

    private static KeyPair ec(String curve) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    private static byte[] sign(KeyPair keys, SignatureScheme scheme, byte[] message)
            throws GeneralSecurityException {
        return JcaSignature.of(
                        scheme,
                        JcaProviders.ofThisMachine().corretto().orElse(JcaProviders.BOUNCY_CASTLE))
                .sign(keys.getPrivate(), message);
    }

    private static byte[] unsigned(BigInteger number) {
        return fixed(number, Math.ceilDiv(number.bitLength(), 8));
    }

    private static byte[] fixed(BigInteger number, int length) {
        byte[] octets = number.toByteArray();
        byte[] fixed = new byte[length];
        int copied = Math.min(octets.length, length);
        System.arraycopy(octets, octets.length - copied, fixed, length - copied, copied);
        return fixed;
    }

    private static byte[] sequence(byte[] r, byte[] s) {
        byte[] content =
                join(
                        join(new byte[] {2, (byte) r.length}, r),
                        join(new byte[] {2, (byte) s.length}, s));
        byte[] header =
                content.length < 0x80
                        ? new byte[] {0x30, (byte) content.length}
                        : new byte[] {0x30, (byte) 0x81, (byte) content.length};
        return join(header, content);
    }

    private static byte[] join(byte[] one, byte[] other) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        joined.writeBytes(one);
        joined.writeBytes(other);
        return joined.toByteArray();
    }
}
