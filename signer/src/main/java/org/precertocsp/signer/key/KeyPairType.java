package org.precertocsp.signer.key;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.signer.pkcs11.Pkcs11Attribute;
import org.precertocsp.signer.pkcs11.Pkcs11Mechanism;

/// A kind of key pair that a token can generate.
public enum KeyPairType {
    EC_P256("ec-p256", curve("06082a8648ce3d030107"), "CKM_EC_KEY_PAIR_GEN", 0x1040),
    EC_P384("ec-p384", curve("06052b81040022"), "CKM_EC_KEY_PAIR_GEN", 0x1040),
    EC_P521("ec-p521", curve("06052b81040023"), "CKM_EC_KEY_PAIR_GEN", 0x1040),
    RSA_2048("rsa-2048", modulus(2048), "CKM_RSA_PKCS_KEY_PAIR_GEN", 0x0),
    RSA_3072("rsa-3072", modulus(3072), "CKM_RSA_PKCS_KEY_PAIR_GEN", 0x0),
    RSA_4096("rsa-4096", modulus(4096), "CKM_RSA_PKCS_KEY_PAIR_GEN", 0x0),
    ED25519("ed25519", curve("06032b6570"), "CKM_EC_EDWARDS_KEY_PAIR_GEN", 0x1055);

    private final String word;
    private final List<Pkcs11Attribute> publicAttributes;
    private final Pkcs11Mechanism mechanism;

    KeyPairType(String word, List<Pkcs11Attribute> publicAttributes, String mechanism, long type) {
        this.word = word;
        this.publicAttributes = publicAttributes;
        this.mechanism = new Pkcs11Mechanism(mechanism, type, ByteString.of());
    }

    /// The usual name, such as `ec-p256`.
    public String word() {
        return word;
    }

    public static Optional<KeyPairType> of(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word.equals(word)).findFirst();
    }

    /// The curve or size attributes of the public key template.
    List<Pkcs11Attribute> publicAttributes() {
        return publicAttributes;
    }

    Pkcs11Mechanism mechanism() {
        return mechanism;
    }

    private static List<Pkcs11Attribute> curve(String parameters) {
        return List.of(
                new Pkcs11Attribute(Pkcs11Attribute.EC_PARAMS, ByteString.ofHex(parameters)));
    }

    private static List<Pkcs11Attribute> modulus(long bits) {
        return List.of(
                new Pkcs11Attribute(Pkcs11Attribute.MODULUS_BITS, Pkcs11Attribute.ulong(bits)),
                new Pkcs11Attribute(Pkcs11Attribute.PUBLIC_EXPONENT, ByteString.ofHex("010001")));
    }
}
