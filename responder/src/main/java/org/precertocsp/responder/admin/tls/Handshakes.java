package org.precertocsp.responder.admin.tls;

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
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.audit.AuditEvent;
import org.precertocsp.responder.audit.AuditTrail;

/// Takes down who was refused before there was a request: no client certificate, or one that is not
/// trusted (LG-03). Thread-safe.
///
/// Java tells nobody of a client that sends no certificate; so every handshake is noted when the
/// server shows its own certificate, and one that is over without a client's was refused, or given
/// up by the client. Handshakes only note; a look, each second, records, and of many refusals in a
/// minute only some, and how many more there were.
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
        Map<String, String> details = new HashMap<>();
        details.put("at", "TLS");
        details.put("why", String.valueOf(why.getMessage()));
        if (chain.length > 0) {
            details.put("subject", chain[0].getSubjectX500Principal().getName());
            details.put("sha256", sha256(chain[0]));
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

    /// Its certificate was trusted. That the key behind it was used wrongly is not seen here.
    private static boolean isKnown(SSLEngine engine) {
        try {
            return engine.getSession().getPeerCertificates().length > 0;
        } catch (SSLPeerUnverifiedException _) {
            return false;
        }
    }

    private static boolean isOver(SSLEngine engine) {
        return engine.isInboundDone() || engine.isOutboundDone();
    }

    private synchronized List<Map<String, String>> due() {
        Instant now = clock.instant();
        for (Iterator<Map.Entry<SSLEngine, Instant>> all = underWay.entrySet().iterator();
                all.hasNext(); ) {
            Map.Entry<SSLEngine, Instant> one = all.next();
            if (isKnown(one.getKey())) {
                all.remove();
            } else if (isOver(one.getKey()) || one.getValue().plus(LONGEST).isBefore(now)) {
                all.remove();
                add(Map.of("at", "TLS", "why", "no client certificate, or the client gave up"));
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
