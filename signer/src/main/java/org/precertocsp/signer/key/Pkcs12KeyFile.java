package org.precertocsp.signer.key;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.crypto.Cipher;
import javax.crypto.CipherInputStream;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.ContentInfo;
import org.bouncycastle.asn1.pkcs.MacData;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.ExtendedDigest;
import org.bouncycastle.crypto.PBEParametersGenerator;
import org.bouncycastle.crypto.generators.PKCS12ParametersGenerator;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.operator.InputDecryptor;
import org.bouncycastle.operator.InputDecryptorProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcDefaultDigestProvider;
import org.bouncycastle.pkcs.PKCS12PfxPdu;
import org.bouncycastle.pkcs.PKCS12SafeBag;
import org.bouncycastle.pkcs.PKCS12SafeBagFactory;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcePKCS12MacCalculatorBuilderProvider;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEInputDecryptorProviderBuilder;
import org.bouncycastle.util.encoders.Hex;

/// One private key of a PKCS#12 file, with its certificate's public key if present.
///
/// Read bag by bag rather than through a KeyStore, which hides keys without a certificate (`openssl
/// pkcs12 -export -nocerts`) and rejects files with a key of an unknown kind.
final class Pkcs12KeyFile {
    /// @param name friendlyName, or its replacement
    /// @param localKeyId associates key and certificate, hexadecimal
    private record Bag<T>(String name, Optional<String> localKeyId, T content) {}

    private static final Map<ASN1ObjectIdentifier, String> HMACS =
            Map.of(
                    PKCSObjectIdentifiers.id_hmacWithSHA1, "SHA1",
                    PKCSObjectIdentifiers.id_hmacWithSHA224, "SHA224",
                    PKCSObjectIdentifiers.id_hmacWithSHA256, "SHA256",
                    PKCSObjectIdentifiers.id_hmacWithSHA384, "SHA384",
                    PKCSObjectIdentifiers.id_hmacWithSHA512, "SHA512");
    private static final Map<ASN1ObjectIdentifier, Integer> AES_BITS =
            Map.of(
                    NISTObjectIdentifiers.id_aes128_CBC, 128,
                    NISTObjectIdentifiers.id_aes192_CBC, 192,
                    NISTObjectIdentifiers.id_aes256_CBC, 256);

    private final List<Bag<PrivateKeyInfo>> keys = new ArrayList<>();
    private final List<Bag<X509CertificateHolder>> certificates = new ArrayList<>();

    private Pkcs12KeyFile() {}

    static KeyMaterial read(KeySource.Pkcs12 source) throws SigningKeyException {
        byte[] content = SecretFileReader.read(source.file(), PemKeyFile.MAX_BYTES);
        try (SecretChars password = SecretChars.read(source.password())) {
            PKCS12PfxPdu pfx = parsed(content, source);
            checkMac(pfx, password.characters(), source);
            Pkcs12KeyFile file = new Pkcs12KeyFile();
            file.collect(pfx, password.characters());
            return file.material(source);
        } catch (IOException | PKCSException | RuntimeException e) {
            throw new SigningKeyException(
                    "the PKCS#12 file %s does not open with %s"
                            .formatted(source.file(), SecretChars.name(source.password())),
                    e);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    private static PKCS12PfxPdu parsed(byte[] content, KeySource.Pkcs12 source)
            throws SigningKeyException {
        try {
            return new PKCS12PfxPdu(content);
        } catch (IOException | RuntimeException e) {
            throw new SigningKeyException(source.file() + " is not a PKCS#12 file", e);
        }
    }

    private static void checkMac(PKCS12PfxPdu pfx, char[] password, KeySource.Pkcs12 source)
            throws PKCSException, SigningKeyException {
        JcePKCS12MacCalculatorBuilderProvider macs =
                new JcePKCS12MacCalculatorBuilderProvider().setProvider(JcaProviders.BOUNCY_CASTLE);
        if (pfx.hasMac()
                && !pfx.isMacValid(macs, password)
                && !isMacValid(pfx.toASN1Structure(), password)) {
            throw new SigningKeyException(
                    "%s is not the password of %s, or the file is damaged"
                            .formatted(SecretChars.name(source.password()), source.file()),
                    null);
        }
    }

    /// Compares the MAC's value (RFC 7292 appendix B). Bouncy Castle compares its encoding, which
    /// differs if a tool omitted the NULL of the digest's parameters; and some tools encode an
    /// empty password as no bytes, others as two zero bytes.
    private static boolean isMacValid(Pfx pfx, char[] password) {
        MacData mac = pfx.getMacData();
        if (mac.getMac().getAlgorithmId().getAlgorithm().equals(PKCSObjectIdentifiers.id_PBMAC1)) {
            return false;
        }
        byte[] own = PBEParametersGenerator.PKCS12PasswordToBytes(password);
        return hasMac(pfx, mac, own) || (password.length == 0 && hasMac(pfx, mac, new byte[2]));
    }

    private static boolean hasMac(Pfx pfx, MacData data, byte[] password) {
        try {
            ExtendedDigest digest =
                    BcDefaultDigestProvider.INSTANCE.get(data.getMac().getAlgorithmId());
            PKCS12ParametersGenerator generator = new PKCS12ParametersGenerator(digest);
            generator.init(password, data.getSalt(), data.getIterationCount().intValueExact());
            HMac mac =
                    new HMac(BcDefaultDigestProvider.INSTANCE.get(data.getMac().getAlgorithmId()));
            mac.init(generator.generateDerivedMacParameters(mac.getMacSize() * 8));
            byte[] content =
                    ASN1OctetString.getInstance(pfx.getAuthSafe().getContent()).getOctets();
            mac.update(content, 0, content.length);
            byte[] value = new byte[mac.getMacSize()];
            mac.doFinal(value, 0);
            return MessageDigest.isEqual(value, data.getMac().getDigest());
        } catch (OperatorCreationException | ArithmeticException _) {
            return false;
        } finally {
            Arrays.fill(password, (byte) 0);
        }
    }

    private void collect(PKCS12PfxPdu pfx, char[] password) throws PKCSException, IOException {
        try {
            collect(pfx, password, false);
        } catch (PKCSException | IOException | RuntimeException e) {
            if (password.length > 0) {
                throw e;
            }
            keys.clear();
            certificates.clear();
            collect(pfx, password, true);
        }
    }

    /// @param zeros an empty password is two zero bytes, as some tools encode it
    private void collect(PKCS12PfxPdu pfx, char[] password, boolean zeros)
            throws PKCSException, IOException {
        InputDecryptorProvider usual =
                new JcePKCSPBEInputDecryptorProviderBuilder()
                        .setProvider(JcaProviders.BOUNCY_CASTLE)
                        .setTryWrongPKCS12Zero(zeros)
                        .build(password);
        InputDecryptorProvider decryptor =
                algorithm ->
                        password.length == 0
                                        && algorithm
                                                .getAlgorithm()
                                                .equals(PKCSObjectIdentifiers.id_PBES2)
                                ? withoutPassword(algorithm)
                                : usual.get(algorithm);
        for (ContentInfo info : pfx.getContentInfos()) {
            boolean encrypted = info.getContentType().equals(PKCSObjectIdentifiers.encryptedData);
            PKCS12SafeBagFactory safe =
                    encrypted
                            ? new PKCS12SafeBagFactory(info, decryptor)
                            : new PKCS12SafeBagFactory(info);
            for (PKCS12SafeBag bag : safe.getSafeBags()) {
                collect(bag, decryptor);
            }
        }
    }

    /// PBES2 with an empty password (RFC 8018 §6.2), which Bouncy Castle rejects and OpenSSL
    /// writes.
    private static InputDecryptor withoutPassword(AlgorithmIdentifier algorithm)
            throws OperatorCreationException {
        PBES2Parameters scheme = PBES2Parameters.getInstance(algorithm.getParameters());
        PBKDF2Params derivation =
                PBKDF2Params.getInstance(scheme.getKeyDerivationFunc().getParameters());
        ASN1ObjectIdentifier encryption = scheme.getEncryptionScheme().getAlgorithm();
        String hmac = HMACS.get(derivation.getPrf().getAlgorithm());
        Integer bits = AES_BITS.get(encryption);
        if (hmac == null || bits == null) {
            throw new OperatorCreationException(
                    "an empty password with %s and %s"
                            .formatted(derivation.getPrf().getAlgorithm(), encryption));
        }
        try {
            byte[] key =
                    SecretKeyFactory.getInstance("PBKDF2WithHmac" + hmac)
                            .generateSecret(
                                    new PBEKeySpec(
                                            new char[0],
                                            derivation.getSalt(),
                                            derivation.getIterationCount().intValueExact(),
                                            bits))
                            .getEncoded();
            byte[] iv =
                    ASN1OctetString.getInstance(scheme.getEncryptionScheme().getParameters())
                            .getOctets();
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            cipher.init(
                    Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
            return new InputDecryptor() {
                @Override
                public AlgorithmIdentifier getAlgorithmIdentifier() {
                    return algorithm;
                }

                @Override
                public InputStream getInputStream(InputStream encrypted) {
                    return new CipherInputStream(encrypted, cipher);
                }
            };
        } catch (GeneralSecurityException e) {
            throw new OperatorCreationException("PBES2 with an empty password", e);
        }
    }

    private void collect(PKCS12SafeBag bag, InputDecryptorProvider decryptor) throws PKCSException {
        switch (bag.getBagValue()) {
            case PKCS8EncryptedPrivateKeyInfo key ->
                    keys.add(named(bag, key.decryptPrivateKeyInfo(decryptor)));
            case PrivateKeyInfo key -> keys.add(named(bag, key));
            case X509CertificateHolder certificate -> certificates.add(named(bag, certificate));
            default -> {} // CRLs and secrets are nothing to us
        }
    }

    private KeyMaterial material(KeySource.Pkcs12 source) throws SigningKeyException {
        List<Bag<PrivateKeyInfo>> chosen =
                source.alias()
                        .map(alias -> keys.stream().filter(key -> isNamed(key, alias)).toList())
                        .orElse(keys);
        if (chosen.size() == 1) {
            Bag<PrivateKeyInfo> key = chosen.getFirst();
            return new KeyMaterial(key.content(), certifiedKey(key));
        }
        throw new SigningKeyException(choiceProblem(source, chosen.isEmpty()), null);
    }

    private String choiceProblem(KeySource.Pkcs12 source, boolean none) {
        if (keys.isEmpty()) {
            return source.file() + " holds no private key";
        }
        String aliases =
                keys.stream().map(key -> "'" + key.name() + "'").collect(Collectors.joining(", "));
        return source.alias()
                .map(
                        alias ->
                                "%s has %s with the alias '%s'; its keys are %s"
                                        .formatted(
                                                source.file(),
                                                none ? "no key" : "more than one key",
                                                alias,
                                                aliases))
                .orElse(
                        "%s holds several keys; name one by its alias: %s"
                                .formatted(source.file(), aliases));
    }

    private static boolean isNamed(Bag<?> bag, String alias) {
        // keytool writes aliases in lower case and looks them up without regard to case.
        return bag.name().equalsIgnoreCase(alias);
    }

    private Optional<SubjectPublicKeyInfo> certifiedKey(Bag<PrivateKeyInfo> key) {
        return certificates.stream()
                .filter(
                        certificate ->
                                key.localKeyId().isPresent()
                                        && certificate.localKeyId().equals(key.localKeyId()))
                .findFirst()
                .map(certificate -> certificate.content().getSubjectPublicKeyInfo());
    }

    private static <T> Bag<T> named(PKCS12SafeBag bag, T content) {
        Optional<String> id =
                attribute(bag, PKCS12SafeBag.localKeyIdAttribute)
                        .map(
                                value ->
                                        Hex.toHexString(
                                                ASN1OctetString.getInstance(value).getOctets()));
        String name =
                attribute(bag, PKCS12SafeBag.friendlyNameAttribute)
                        .map(value -> ((ASN1String) value).getString())
                        .or(() -> id)
                        .orElse("");
        return new Bag<>(name, id, content);
    }

    private static Optional<ASN1Encodable> attribute(PKCS12SafeBag bag, ASN1ObjectIdentifier type) {
        if (bag.getAttributes() == null) {
            return Optional.empty();
        }
        for (Attribute attribute : bag.getAttributes()) {
            if (attribute.getAttrType().equals(type) && attribute.getAttrValues().size() > 0) {
                return Optional.of(attribute.getAttrValues().getObjectAt(0));
            }
        }
        return Optional.empty();
    }
}
