package org.precertocsp.signer.key;

import java.io.IOException;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.jcajce.interfaces.EdDSAPrivateKey;
import org.bouncycastle.jcajce.interfaces.MLDSAPrivateKey;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/// A private key read from a file.
///
/// @param info PKCS#8
/// @param certified the public key of its certificate, if the file associates them
record KeyMaterial(PrivateKeyInfo info, Optional<SubjectPublicKeyInfo> certified) {
    private static final JcaPEMKeyConverter CONVERTER =
            new JcaPEMKeyConverter().setProvider(JcaProviders.BOUNCY_CASTLE);

    /// The key as Bouncy Castle holds it.
    PrivateKey privateKey() throws SigningKeyException {
        try {
            return CONVERTER.getPrivateKey(info);
        } catch (IOException | RuntimeException e) {
            throw new SigningKeyException(
                    "the private key is damaged or of an unknown kind: " + SchemeSelection.ALLOWED,
                    e);
        }
    }

    /// The public key, from the certificate or derived from the private key; empty if the private
    /// key does not contain it.
    Optional<SubjectPublicKeyInfo> publicHalf() throws SigningKeyException {
        if (certified.isPresent()) {
            return certified;
        }
        ASN1ObjectIdentifier algorithm = info.getPrivateKeyAlgorithm().getAlgorithm();
        try {
            if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
                return Optional.of(ecPublicHalf());
            }
            if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
                return rsaPublicHalf();
            }
            return switch (privateKey()) {
                case EdDSAPrivateKey key -> Optional.of(encoded(key.getPublicKey()));
                case MLDSAPrivateKey key -> Optional.of(encoded(key.getPublicKey()));
                default -> throw SchemeSelection.refused(algorithm);
            };
        } catch (IOException | RuntimeException e) {
            throw new SigningKeyException("no public key can be worked out of the private key", e);
        }
    }

    static PublicKey publicKey(SubjectPublicKeyInfo info) throws SigningKeyException {
        try {
            return CONVERTER.getPublicKey(info);
        } catch (IOException | RuntimeException e) {
            throw new SigningKeyException("the public key is damaged or of an unknown kind", e);
        }
    }

    static SubjectPublicKeyInfo encoded(PublicKey key) {
        return SubjectPublicKeyInfo.getInstance(key.getEncoded());
    }

    private Optional<SubjectPublicKeyInfo> rsaPublicHalf() throws IOException, SigningKeyException {
        if (!(privateKey() instanceof RSAPrivateCrtKey key)) {
            return Optional.empty();
        }
        return Optional.of(
                new SubjectPublicKeyInfo(
                        new AlgorithmIdentifier(
                                PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                        new RSAPublicKey(key.getModulus(), key.getPublicExponent())));
    }

    /// The public point in the file (RFC 5915) is not trusted: it is computed.
    private SubjectPublicKeyInfo ecPublicHalf() throws IOException {
        AlgorithmIdentifier algorithm = info.getPrivateKeyAlgorithm();
        X9ECParameters curve =
                algorithm.getParameters() instanceof ASN1ObjectIdentifier name
                        ? ECNamedCurveTable.getByOID(name)
                        : null;
        if (curve == null) {
            return new SubjectPublicKeyInfo(
                    algorithm, new byte[0]); // which SchemeSelection rejects
        }
        BigInteger d = ECPrivateKey.getInstance(info.parsePrivateKey()).getKey();
        byte[] point =
                new FixedPointCombMultiplier()
                        .multiply(curve.getG(), d)
                        .normalize()
                        .getEncoded(false);
        return new SubjectPublicKeyInfo(algorithm, point);
    }
}
