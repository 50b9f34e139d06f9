package org.precertocsp.signer.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class Ed25519Test {
    private static final byte[] INFO_START = HexFormat.of().parseHex("302a300506032b6570032100");
    private static final KeyPair KEYS = keys();

    private static KeyPair keys() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sign(byte[] message) throws GeneralSecurityException {
        Signature signature = Ed25519.signing(KEYS.getPrivate());
        signature.update(message);
        return signature.sign();
    }

    /// False also if it is reported with an exception that callers expect.
    private static boolean verifies(PublicKey key, byte[] message, byte[] signed) {
        try {
            Signature signature = Ed25519.verifying(key);
            signature.update(message);
            return signature.verify(signed);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    private static byte[] jdk(byte[] message) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("Ed25519", "SunEC");
        signature.initSign(KEYS.getPrivate());
        signature.update(message);
        return signature.sign();
    }

    @Property(tries = 20)
    void it_signs_and_verifies_as_the_jdk_does(@ForAll byte[] message) throws Exception {
        byte[] signed = sign(message);

        assertThat(signed).isEqualTo(jdk(message));
        assertThat(verifies(KEYS.getPublic(), message, signed)).isTrue();
    }

    @Property(tries = 50)
    void what_another_key_or_nobody_signed_does_not_verify(
            @ForAll byte[] message, @ForAll @Size(max = 100) byte[] signed) {
        assertThat(verifies(KEYS.getPublic(), message, signed)).isFalse();
    }

    @Test
    void a_changed_signature_does_not_verify() throws Exception {
        byte[] message = {1, 2, 3};
        byte[] signed = sign(message);
        for (int i = 0; i < signed.length; i++) {
            byte[] changed = signed.clone();
            changed[i] ^= 1;
            assertThat(verifies(KEYS.getPublic(), message, changed)).as("byte %d", i).isFalse();
        }
    }

    @Test
    void a_key_that_is_no_point_verifies_nothing() throws Exception {
        byte[] message = {1, 2, 3};
        byte[] signed = sign(message);
        for (int fill : new int[] {0, 2, 0x7f, 0xff}) {
            byte[] info = Arrays.copyOf(INFO_START, INFO_START.length + 32);
            Arrays.fill(info, INFO_START.length, info.length, (byte) fill);
            PublicKey key =
                    KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(info));

            assertThat(verifies(key, message, signed)).isFalse();
        }
    }
}
