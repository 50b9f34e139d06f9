package org.precertocsp.responder.admin.tls;

import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.audit.AuditEvent;
import org.precertocsp.responder.audit.AuditTrail;

/// Takes down who was refused before there was a request: no client certificate, one that is not
/// trusted, or one shown by somebody who has not its key (LG-03). Thread-safe.
///
/// Java tells nobody of a client that sends no certificate, or no proof of its key; so every
/// handshake is noted when the server shows its own certificate, and one that is over without a
/// client's, or that failed after it, was refused, or given up by the client. Handshakes only note;
/// a look, each second, records, and of many refusals in a minute only some, and how many more
/// there were.
final class Handshakes {
    /// Recorded one by one in a minute.
    static final int MAX_A_MINUTE = 10;

    /// Under way at once; what comes beyond is counted with those not recorded one by one.
    private static final int MAX_NOTED = 1_000;

    /// Whoever is not done then has gone, or was sent away; engines do not always tell.
    static final Duration LONGEST = Duration.ofSeconds(10);

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final AuditTrail audit;
    private final InstantSource clock;

    /// With when they began.
    private final Map<SSLEngine, Instant> underWay = new HashMap<>();

    private final List<Map<String, String>> refused = new ArrayList<>();
    private Instant minute = Instant.MIN;
    private int recorded;
    private long more;

    Handshakes(AuditTrail audit, InstantSource clock) {
        this.audit = audit;
        this.clock = clock;
    }

    /// The server is about to show its certificate.
    synchronized void begun(SSLEngine engine) {
        if (underWay.size() < MAX_NOTED) {
            underWay.put(engine, clock.instant());
        } else {
            more++;
        }
    }

    /// The client showed a certificate that is not trusted.
    synchronized void untrusted(
            SSLEngine engine, X509Certificate[] chain, CertificateException why) {
        underWay.remove(engine);
        refuse(String.valueOf(why.getMessage()), chain);
    }

    private void refuse(String why, Certificate[] chain) {
        Map<String, String> details = new HashMap<>();
        details.put("at", "TLS");
        details.put("why", why);
        if (chain.length > 0 && chain[0] instanceof X509Certificate shown) {
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

    /// What the client showed and was trusted; that it has the key is not said.
    private static Certificate[] shown(SSLEngine engine) {
        try {
            return engine.getSession().getPeerCertificates();
        } catch (SSLPeerUnverifiedException _) {
            return new Certificate[0];
        }
    }

    /// Why the handshake failed. A failure makes the session invalid, but so does a connection that
    /// breaks later; which it was Java tells whoever would begin another handshake. Nothing comes
    /// of that, for the engine is broken already.
    private static Optional<String> failure(SSLEngine engine) {
        if (engine.getSession().isValid()) {
            return Optional.empty();
        }
        try {
            engine.beginHandshake();
            return Optional.empty();
        } catch (SSLHandshakeException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } catch (SSLException e) {
            return e.getCause() instanceof SSLHandshakeException why
                    ? Optional.of(String.valueOf(why.getMessage()))
                    : Optional.empty();
        }
    }

    private static boolean isOver(SSLEngine engine) {
        return engine.isInboundDone() || engine.isOutboundDone();
    }

    /// True if nothing more is to be learned of it; a refusal has been noted then.
    private boolean isSettled(SSLEngine engine, boolean late) {
        // First: what fails after this question makes the session invalid, which is asked next.
        boolean done = engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
        Certificate[] shown = shown(engine);
        if (shown.length > 0) {
            Optional<String> failure = failure(engine);
            failure.ifPresent(why -> refuse(why, shown));
            return done || late || failure.isPresent();
        }
        boolean over = isOver(engine) || late;
        if (over) {
            refuse("no client certificate, or the client gave up", shown);
        }
        return over;
    }

    private synchronized List<Map<String, String>> due() {
        Instant now = clock.instant();
        for (Iterator<Map.Entry<SSLEngine, Instant>> all = underWay.entrySet().iterator();
                all.hasNext(); ) {
            Map.Entry<SSLEngine, Instant> one = all.next();
            if (isSettled(one.getKey(), one.getValue().plus(LONGEST).isBefore(now))) {
                all.remove();
            }
        }
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
