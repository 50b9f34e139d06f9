package org.precertocsp.signer.key;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.precertocsp.der.ByteString;
import org.precertocsp.signer.pkcs11.Pkcs11Attribute;
import org.precertocsp.signer.pkcs11.Pkcs11Exception;
import org.precertocsp.signer.pkcs11.Pkcs11Session;

/// The keys on a token. A certificate object is not needed beside them.
record TokenObjects(Pkcs11Session session) {
    private static final long RSA = 0x0;
    private static final long EC = 0x3;
    private static final long EC_EDWARDS = 0x40;

    /// Of P-256, P-384 and P-521, uncompressed.
    private static final Set<Integer> BARE_POINT_BYTES = Set.of(65, 97, 133);

    /// The handle of the only private key that matches.
    long privateKey(KeySource.KeyOnToken wanted) throws Pkcs11Exception, SigningKeyException {
        List<Pkcs11Attribute> template = List.of(Pkcs11Attribute.privateKeys(), attribute(wanted));
        long[] found = session.find(template);
        if (found.length != 1) {
            throw new SigningKeyException(
                    "the token has %s private key with %s; its private keys are %s"
                            .formatted(
                                    found.length == 0 ? "no" : "more than one",
                                    name(wanted),
                                    privateKeyNames()),
                    null);
        }
        if (session.attribute(found[0], Pkcs11Attribute.ALWAYS_AUTHENTICATE)
                .filter(value -> value.at(0) != 0)
                .isPresent()) {
            throw new SigningKeyException(
                    "the private key with %s wants its PIN for each signature (CKA_ALWAYS_AUTHENTICATE), which is not served"
                            .formatted(name(wanted)),
                    null);
        }
        return found[0];
    }

    /// The algorithm of a private key, with its curve, as far as the token reports it.
    Optional<AlgorithmIdentifier> kind(long privateKey) throws Pkcs11Exception {
        long type =
                session.attribute(privateKey, Pkcs11Attribute.KEY_TYPE)
                        .map(Pkcs11Attribute::asUlong)
                        .orElse(-1L);
        if (type == RSA) {
            return Optional.of(
                    new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE));
        }
        if (type == EC_EDWARDS) {
            return Optional.of(new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519));
        }
        return type == EC ? Optional.of(onCurve(privateKey)) : Optional.empty();
    }

    private AlgorithmIdentifier onCurve(long privateKey) throws Pkcs11Exception {
        Optional<ByteString> parameters = session.attribute(privateKey, Pkcs11Attribute.EC_PARAMS);
        try {
            return parameters.isEmpty()
                    ? new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey)
                    : new AlgorithmIdentifier(
                            X9ObjectIdentifiers.id_ecPublicKey,
                            ASN1Primitive.fromByteArray(parameters.get().toArray()));
        } catch (IOException | RuntimeException e) {
            return new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey);
        }
    }

    /// The public key: from the private key object if it has it, else from the public key object.
    Optional<SubjectPublicKeyInfo> publicHalf(long privateKey) throws Pkcs11Exception {
        Optional<SubjectPublicKeyInfo> own = publicKeyIn(privateKey);
        if (own.isPresent()) {
            return own;
        }
        for (long object : session.find(siblings(privateKey))) {
            Optional<SubjectPublicKeyInfo> sibling = publicKeyIn(object);
            if (sibling.isPresent()) {
                return sibling;
            }
        }
        return Optional.empty();
    }

    static String name(KeySource.KeyOnToken wanted) {
        return switch (wanted) {
            case KeySource.KeyOnToken.Label(String label) -> "label '" + label + "'";
            case KeySource.KeyOnToken.Id(String hex) -> "id " + hex;
        };
    }

    static Pkcs11Attribute attribute(KeySource.KeyOnToken wanted) throws SigningKeyException {
        return switch (wanted) {
            case KeySource.KeyOnToken.Label(String label) -> Pkcs11Attribute.label(label);
            case KeySource.KeyOnToken.Id(String hex) -> {
                try {
                    yield Pkcs11Attribute.id(ByteString.ofHex(hex.replace(":", "")));
                } catch (IllegalArgumentException e) {
                    throw new SigningKeyException("the key id " + hex + " is not hexadecimal", e);
                }
            }
        };
    }

    private String privateKeyNames() throws Pkcs11Exception {
        List<String> names = new ArrayList<>();
        for (long key : session.find(List.of(Pkcs11Attribute.privateKeys()))) {
            String label =
                    session.attribute(key, Pkcs11Attribute.LABEL)
                            .map(value -> new String(value.toArray(), UTF_8))
                            .orElse("");
            String id =
                    session.attribute(key, Pkcs11Attribute.ID).map(ByteString::toHex).orElse("");
            names.add("'" + label + "' (id " + id + ")");
        }
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    /// The keys of a pair share CKA_ID (PKCS#11 §4.8), or at least their label.
    private List<Pkcs11Attribute> siblings(long privateKey) throws Pkcs11Exception {
        List<Pkcs11Attribute> template = new ArrayList<>(List.of(Pkcs11Attribute.publicKeys()));
        Optional<ByteString> id = session.attribute(privateKey, Pkcs11Attribute.ID);
        if (id.isPresent()) {
            template.add(Pkcs11Attribute.id(id.get()));
        } else {
            session.attribute(privateKey, Pkcs11Attribute.LABEL)
                    .ifPresent(
                            label ->
                                    template.add(
                                            new Pkcs11Attribute(Pkcs11Attribute.LABEL, label)));
        }
        return template;
    }

    private Optional<SubjectPublicKeyInfo> publicKeyIn(long object) throws Pkcs11Exception {
        Optional<ByteString> whole = session.attribute(object, Pkcs11Attribute.PUBLIC_KEY_INFO);
        try {
            if (whole.isPresent()) {
                return Optional.of(SubjectPublicKeyInfo.getInstance(whole.get().toArray()));
            }
            long type =
                    session.attribute(object, Pkcs11Attribute.KEY_TYPE)
                            .map(Pkcs11Attribute::asUlong)
                            .orElse(-1L);
            if (type == RSA) {
                return rsa(object);
            }
            return type == EC || type == EC_EDWARDS ? curve(object, type) : Optional.empty();
        } catch (IOException | RuntimeException e) {
            return Optional.empty(); // malformed on the token: the certificate must say
        }
    }

    private Optional<SubjectPublicKeyInfo> rsa(long object) throws Pkcs11Exception, IOException {
        Optional<ByteString> modulus = session.attribute(object, Pkcs11Attribute.MODULUS);
        Optional<ByteString> exponent = session.attribute(object, Pkcs11Attribute.PUBLIC_EXPONENT);
        if (modulus.isEmpty() || exponent.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new SubjectPublicKeyInfo(
                        new AlgorithmIdentifier(
                                PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                        new RSAPublicKey(
                                new BigInteger(1, modulus.get().toArray()),
                                new BigInteger(1, exponent.get().toArray()))));
    }

    private Optional<SubjectPublicKeyInfo> curve(long object, long type)
            throws Pkcs11Exception, IOException {
        Optional<ByteString> parameters = session.attribute(object, Pkcs11Attribute.EC_PARAMS);
        Optional<ByteString> point = session.attribute(object, Pkcs11Attribute.EC_POINT);
        if (parameters.isEmpty() || point.isEmpty()) {
            return Optional.empty();
        }
        AlgorithmIdentifier algorithm =
                type == EC_EDWARDS
                        ? new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519)
                        : new AlgorithmIdentifier(
                                X9ObjectIdentifiers.id_ecPublicKey,
                                ASN1Primitive.fromByteArray(parameters.get().toArray()));
        return Optional.of(new SubjectPublicKeyInfo(algorithm, unwrapped(point.get())));
    }

    /// CKA_EC_POINT is a point inside an OCTET STRING; some tokens omit the OCTET STRING. Both may
    /// begin with 04, so the length decides.
    private static byte[] unwrapped(ByteString value) {
        byte[] bytes = value.toArray();
        boolean barePoint = bytes[0] == 4 && BARE_POINT_BYTES.contains(bytes.length);
        return barePoint || bytes.length == 32
                ? bytes
                : ASN1OctetString.getInstance(bytes).getOctets();
    }
}
