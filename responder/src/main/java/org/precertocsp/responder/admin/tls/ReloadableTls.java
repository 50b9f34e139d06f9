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

/// A TLS context whose certificates are exchanged while it is in use: connections that stand keep
/// theirs, new ones get the new. Thread-safe.
///
/// Helidon can exchange certificates, too, but says nothing of handshakes it refuses. Who was
/// refused, and why, must be in the audit log ([Handshakes]): only key and trust managers of our
/// own see it, and with them the exchange is two lines.
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

    /// @param audit told of who is refused in a handshake
    /// @throws TlsRefused a file cannot be used
    public static ReloadableTls open(TlsFiles files, AuditTrail audit, InstantSource clock)
            throws TlsRefused {
        try {
            return new ReloadableTls(files, Credentials.read(files), new Handshakes(audit, clock));
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

    /// For the listener alone.
    public SSLContext context() {
        return context;
    }

    public Authorities authorities() {
        return now.authorities();
    }

    /// When certificates in use end, by what they are.
    public Map<String, Instant> ends() {
        Credentials used = now;
        Map<String, Instant> ends = new TreeMap<>();
        ends.put(
                "the certificate of the private API",
                used.chain().getFirst().getNotAfter().toInstant());
        used.authorities().ends().forEach((file, end) -> ends.put("the client CA in " + file, end));
        return ends;
    }

    /// Records who was refused in handshakes since the last look.
    void lookAtHandshakes() {
        handshakes.look();
    }

    public TlsFiles files() {
        return files;
    }
}
