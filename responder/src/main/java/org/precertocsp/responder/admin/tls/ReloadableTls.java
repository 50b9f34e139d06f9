package org.precertocsp.responder.admin.tls;

import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.precertocsp.responder.admin.access.Authorities;

/// A TLS context whose certificates are exchanged while it is in use: connections that stand keep
/// theirs, new ones get the new. Thread-safe.
public final class ReloadableTls {
    private final TlsFiles files;
    private final CurrentKey key;
    private final SSLContext context;
    private volatile Credentials now;

    private ReloadableTls(TlsFiles files, Credentials first) throws GeneralSecurityException {
        this.files = files;
        this.now = first;
        this.key = new CurrentKey(first);
        this.context = SSLContext.getInstance("TLS");
        context.init(
                new KeyManager[] {key},
                new TrustManager[] {new CurrentTrust(() -> now.trust())},
                null);
    }

    /// @throws TlsRefused a file cannot be used
    public static ReloadableTls open(TlsFiles files) throws TlsRefused {
        try {
            return new ReloadableTls(files, Credentials.read(files));
        } catch (GeneralSecurityException e) {
            throw new TlsRefused("this Java has no TLS: " + e.getMessage(), e);
        }
    }

    /// Reads the files again.
    ///
    /// @throws TlsRefused what was in use stays in use
    public void reload() throws TlsRefused {
        Credentials next = Credentials.read(files);
        now = next;
        key.exchange(next);
    }

    public SSLContext context() {
        return context;
    }

    public Authorities authorities() {
        return now.authorities();
    }

    public TlsFiles files() {
        return files;
    }
}
