package org.precertocsp.responder.admin.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.audit.AuditEvent;
import org.precertocsp.responder.audit.AuditTrail;

/// Takes down who was refused before there was a request: no client certificate, one that is not
/// trusted, or one shown by somebody who has not its key (LG-03). Thread-safe.
///
/// Java tells nobody of a client that sends no certificate, or no proof of its key; so every
/// handshake is noted when the server shows its own certificate, and one that is over without being
/// complete, or takes too long, was refused, or given up by the client. Handshakes only note; a
/// look, each second, records, and of many refusals in a minute only some, and how many more there
/// were.
final class Handshakes {
    /// Recorded one by one in a minute.
    static final int MAX_A_MINUTE = 10;

    /// Under way at once; what comes beyond is counted with those not recorded one by one.
    private static final int MAX_NOTED = 1_000;

    /// Whoever is not done then has gone, or was sent away; sockets do not always tell.
    static final Duration LONGEST = Duration.ofSeconds(10);

    /// @param chain shown and trusted; that the client has the key is not said
    /// @param closed as the last look found it: a complete one may be told of a moment later
    private record Attempt(Instant began, List<X509Certificate> chain, boolean closed) {}

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final AuditTrail audit;
    private final InstantSource clock;

    private final Map<Socket, Attempt> underWay = new HashMap<>();

    private final List<Map<String, String>> refused = new ArrayList<>();
    private Instant minute = Instant.MIN;
    private int recorded;
    private long more;

    Handshakes(AuditTrail audit, InstantSource clock) {
        this.audit = audit;
        this.clock = clock;
    }

    /// The server is about to show its certificate.
    synchronized void begun(SSLSocket socket) {
        if (underWay.size() < MAX_NOTED) {
            underWay.put(socket, new Attempt(clock.instant(), List.of(), false));
            socket.addHandshakeCompletedListener(_ -> complete(socket));
        } else {
            more++;
        }
    }

    private synchronized void complete(SSLSocket socket) {
        underWay.remove(socket);
    }

    /// The client showed a certificate that is trusted.
    synchronized void shown(Socket socket, X509Certificate[] chain) {
        underWay.computeIfPresent(
                socket, (_, it) -> new Attempt(it.began(), List.of(chain), it.closed()));
    }

    /// The client showed a certificate that is not trusted.
    synchronized void untrusted(Socket socket, X509Certificate[] chain, CertificateException why) {
        underWay.remove(socket);
        refuse(String.valueOf(why.getMessage()), List.of(chain));
    }

    private void refuse(String why, List<X509Certificate> chain) {
        Map<String, String> details = new HashMap<>();
        details.put("at", "TLS");
        details.put("why", why);
        if (!chain.isEmpty()) {
            X509Certificate shown = chain.getFirst();
            details.put("subject", shown.getSubjectX500Principal().getName());
            details.put("sha256", sha256(shown));
        }
        add(details);
    }

    private static String sha256(X509Certificate certificate) {
        try {
            return HashAlgorithm.SHA256.hash(Octets.of(certificate.getEncoded())).toHex();
        } catch (CertificateException _) {
            return "";
        }
    }

    private void add(Map<String, String> details) {
        if (refused.size() < MAX_A_MINUTE) {
            refused.add(details);
        } else {
            more++;
        }
    }

    /// Records what came since the last look.
    void look() {
        for (Map<String, String> details : due()) {
            audit.record(new AuditEvent(AuditEvent.Kind.ACCESS_REFUSED, "nobody", details));
        }
    }

    /// True if nothing more is to be learned of it; a refusal has been noted then.
    private boolean isSettled(Attempt attempt, Instant now) {
        if (!attempt.closed() && !attempt.began().plus(LONGEST).isBefore(now)) {
            return false;
        }
        refuse(
                attempt.chain().isEmpty()
                        ? "no client certificate, or the client gave up"
                        : "no proof of the certificate's key (CertificateVerify), or the client"
                                + " gave up",
                attempt.chain());
        return true;
    }

    private synchronized List<Map<String, String>> due() {
        Instant now = clock.instant();
        underWay.values().removeIf(it -> isSettled(it, now));
        underWay.replaceAll((socket, it) -> new Attempt(it.began(), it.chain(), socket.isClosed()));
        List<Map<String, String>> due = new ArrayList<>();
        if (!minute.plus(MINUTE).isAfter(now)) {
            if (more > 0) {
                due.add(Map.of("at", "TLS", "why", more + " more that were not listed"));
                more = 0;
            }
            minute = now;
            recorded = 0;
        }
        for (Map<String, String> details : refused) {
            if (recorded < MAX_A_MINUTE) {
                recorded++;
                due.add(details);
            } else {
                more++;
            }
        }
        refused.clear();
        return due;
    }
}
