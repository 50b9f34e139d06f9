package org.precertocsp.responder.admin;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.precertocsp.der.ByteString;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.key.KeySource;
import org.precertocsp.signer.key.PrivateKeys;
import org.precertocsp.signer.key.SigningKeyException;

/// The content of [TlsFiles] at one time.
///
/// @param chain the server's certificate first
/// @param trust validates client certificates
record TlsCredentials(
        List<X509Certificate> chain,
        PrivateKey key,
        TrustedClientCas authorities,
        X509ExtendedTrustManager trust) {
    private static final byte[] PROBE = {'p', 'r', 'o', 'b', 'e'};

    static TlsCredentials read(TlsFiles files) throws TlsConfigException {
        try {
            List<X509Certificate> chain = certificates(files.certificate());
            PrivateKey key = PrivateKeys.forTls(new KeySource.Pem(files.key(), Optional.empty()));
            requireMatchingKey(files, chain.getFirst().getPublicKey(), key);
            Map<Path, List<X509Certificate>> authorities = new HashMap<>();
            for (Path file : files.authorities()) {
                authorities.put(file, certificates(file));
            }
            return new TlsCredentials(
                    List.copyOf(chain), key, new TrustedClientCas(authorities), trust(authorities));
        } catch (InvalidCertificateException | SigningKeyException e) {
            throw new TlsConfigException(String.valueOf(e.getMessage()), e);
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsConfigException("TLS of the private API: " + e.getMessage(), e);
        }
    }

    /// With chain and key only.
    KeyStore keyStore(char[] password) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setKeyEntry("caller", key, password, chain.toArray(X509Certificate[]::new));
        return store;
    }

    private static List<X509Certificate> certificates(Path file)
            throws InvalidCertificateException, GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> certificates = new ArrayList<>();
        for (ByteString der : CertificateFile.readAll(file)) {
            certificates.add(
                    (X509Certificate)
                            factory.generateCertificate(new ByteArrayInputStream(der.toArray())));
        }
        return certificates;
    }

    /// Certificate and key are two files, which may not match while both are being replaced.
    private static void requireMatchingKey(TlsFiles files, PublicKey certified, PrivateKey key)
            throws GeneralSecurityException, TlsConfigException {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                };
        boolean matches = key.getAlgorithm().equals(certified.getAlgorithm());
        if (matches) {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(PROBE);
            byte[] signature = signing.sign();
            signing.initVerify(certified);
            signing.update(PROBE);
            matches = signing.verify(signature);
        }
        if (!matches) {
            throw new TlsConfigException(
                    "the key in %s does not belong to the certificate in %s"
                            .formatted(files.key(), files.certificate()),
                    null);
        }
    }

    private static X509ExtendedTrustManager trust(Map<Path, List<X509Certificate>> authorities)
            throws GeneralSecurityException, IOException {
        KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
        anchors.load(null, null);
        int number = 0;
        for (List<X509Certificate> file : authorities.values()) {
            for (X509Certificate authority : file) {
                anchors.setCertificateEntry("client-ca-" + number++, authority);
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(anchors);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager trust) {
                return trust;
            }
        }
        throw new GeneralSecurityException("this Java runtime has no PKIX trust manager");
    }
}
