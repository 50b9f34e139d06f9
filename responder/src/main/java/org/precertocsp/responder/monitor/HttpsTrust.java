package org.precertocsp.responder.monitor;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.precertocsp.der.ByteString;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.InvalidCertificateException;

/// The CAs that must have issued the certificates of servers with `https` addresses.
public final class HttpsTrust {
    private HttpsTrust() {}

    /// @param authorities a file of CA certificates, PEM or DER; if empty, Java's trust store
    /// @throws InvalidCertificateException the file cannot be used
    public static SSLSocketFactory in(Optional<Path> authorities)
            throws InvalidCertificateException {
        return authorities.isEmpty()
                ? (SSLSocketFactory) SSLSocketFactory.getDefault()
                : context(authorities.get()).getSocketFactory();
    }

    /// The CAs of a file only.
    ///
    /// @param authorities CA certificates, PEM or DER
    /// @throws InvalidCertificateException it cannot be used
    public static SSLContext context(Path authorities) throws InvalidCertificateException {
        try {
            TrustManagerFactory trust =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store(CertificateFile.readAll(authorities)));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new InvalidCertificateException(
                    authorities + " cannot be trusted: " + e.getMessage(), e);
        }
    }

    private static KeyStore store(List<ByteString> ders)
            throws GeneralSecurityException, IOException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (ByteString der : ders) {
            store.setCertificateEntry(
                    Integer.toString(store.size()),
                    factory.generateCertificate(new ByteArrayInputStream(der.toArray())));
        }
        return store;
    }
}
