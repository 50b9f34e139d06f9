package org.precertocsp.responder.admin.tls;

import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.precertocsp.responder.admin.access.Authorities;
import org.precertocsp.responder.audit.AuditTrail;

/// A TLS context whose certificates can be replaced while it is in use: existing connections keep
/// theirs, new ones get the new ones. Thread-safe.
///
/// Helidon can replace certificates, too, but reports nothing about handshakes it rejects. The
/// rejected client and the reason must be in the audit log ([Handshakes]): only key and trust
/// managers of our own see them, and with these the replacement is two lines.
public final class ReloadableTls {
    private final TlsFiles files;
    private final CurrentKey key;
    private final SSLContext context;
    private volatile Credentials now;

    private final Handshakes handshakes;

    private ReloadableTls(TlsFiles files, Credentials first, Handshakes handshakes)
            throws GeneralSecurityException {
        this.handshakes = handshakes;
        this.files = files;
        this.now = first;
        this.key = new CurrentKey(first, handshakes);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(
                new KeyManager[] {key},
                new TrustManager[] {new CurrentTrust(() -> now.trust(), handshakes)},
                null);
        this.context = new ListenerContext(tls);
    }

    /// @param audit records clients rejected in a handshake
    /// @throws TlsRefused a file cannot be used
    public static ReloadableTls open(TlsFiles files, AuditTrail audit, InstantSource clock)
            throws TlsRefused {
        try {
            return new ReloadableTls(files, Credentials.read(files), new Handshakes(audit, clock));
        } catch (GeneralSecurityException e) {
            throw new TlsRefused("this Java runtime has no TLS: " + e.getMessage(), e);
        }
    }

    /// Reads the files again.
    ///
    /// @throws TlsRefused the files cannot be used; the certificates in use stay
    public void reload() throws TlsRefused {
        Credentials next = Credentials.read(files);
        now = next;
        key.exchange(next);
    }

    /// For the listener only.
    public SSLContext context() {
        return context;
    }

    public Authorities authorities() {
        return now.authorities();
    }

    /// Expiry of the certificates in use, by description.
    public Map<String, Instant> ends() {
        Credentials used = now;
        Map<String, Instant> ends = new TreeMap<>();
        ends.put(
                "the certificate of the private API",
                used.chain().getFirst().getNotAfter().toInstant());
        used.authorities().ends().forEach((file, end) -> ends.put("the client CA in " + file, end));
        return ends;
    }

    /// Records the clients rejected in handshakes since the last call.
    void recordRejectedHandshakes() {
        handshakes.flush();
    }

    public TlsFiles files() {
        return files;
    }
}
