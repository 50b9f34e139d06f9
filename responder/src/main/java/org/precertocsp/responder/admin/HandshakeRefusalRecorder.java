package org.precertocsp.responder.admin;

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
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.audit.AuditEvent;
import org.precertocsp.responder.audit.AuditTrail;

/// Records clients that were rejected in the TLS handshake: without a certificate, with an
/// untrusted one, or without the certificate's key (LG-03). Thread-safe.
///
/// Java reports neither a client that sends no certificate nor one that cannot prove that it has
/// the key. So every handshake is registered when the server presents its own certificate, and one
/// that ends without being complete, or takes too long, was rejected, or abandoned by the client.
/// Handshakes are only registered; [#flush], called every second, records them, and of many
/// rejections in a minute only some and the number of the others.
final class HandshakeRefusalRecorder {
    /// Recorded one by one per minute.
    static final int MAX_A_MINUTE = 10;

    /// Registered at once; others are only counted.
    private static final int MAX_NOTED = 1_000;

    /// A handshake not complete by then has failed; sockets do not always report it.
    static final Duration LONGEST = Duration.ofSeconds(10);

    /// @param chain presented and trusted; the client may not have the key
    /// @param closed at the last flush; the notice that it is complete may come a moment later
    private record Attempt(Instant began, List<X509Certificate> chain, boolean closed) {}

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final AuditTrail audit;
    private final InstantSource clock;

    private final Map<Socket, Attempt> underWay = new HashMap<>();

    private final List<Map<String, String>> refused = new ArrayList<>();
    private Instant minute = Instant.MIN;
    private int recorded;
    private long more;

    HandshakeRefusalRecorder(AuditTrail audit, InstantSource clock) {
        this.audit = audit;
        this.clock = clock;
    }

    /// The server is about to present its certificate.
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

    /// The client presented a trusted certificate.
    synchronized void trusted(Socket socket, X509Certificate[] chain) {
        underWay.computeIfPresent(
                socket, (_, it) -> new Attempt(it.began(), List.of(chain), it.closed()));
    }

    /// The client presented an untrusted certificate.
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
            return HashAlgorithm.SHA256.hash(ByteString.of(certificate.getEncoded())).toHex();
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

    /// Records the rejections since the last call.
    void flush() {
        for (Map<String, String> details : due()) {
            audit.record(new AuditEvent(AuditEvent.Kind.ACCESS_REFUSED, "nobody", details));
        }
    }

    /// True if the handshake has failed; it is registered as refused then.
    private boolean hasFailed(Attempt attempt, Instant now) {
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
        underWay.values().removeIf(it -> hasFailed(it, now));
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
