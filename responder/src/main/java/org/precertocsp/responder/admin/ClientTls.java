package org.precertocsp.responder.admin;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// TLS for clients of the private API.
///
/// @param authority CA of the server's certificate; if empty, Java's trust store
/// @param certificate the client's, followed by its chain
/// @param key of the certificate, PEM
public record ClientTls(Optional<Path> authority, Path certificate, Path key) {
    private static final char[] NO_PASSWORD = {};

    /// @throws TlsConfigException a file cannot be used
    public SSLContext context() throws TlsConfigException {
        TlsCredentials credentials =
                TlsCredentials.read(
                        new TlsFiles(certificate, key, authority.map(Set::of).orElse(Set.of())));
        try {
            KeyManagerFactory keys =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(credentials.keyStore(NO_PASSWORD), NO_PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust(credentials), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsConfigException("TLS to the server: " + e.getMessage(), e);
        }
    }

    private TrustManager @Nullable [] trust(TlsCredentials credentials) {
        return authority.isEmpty() ? null : new TrustManager[] {credentials.trust()};
    }
}
