package org.precertocsp.responder.monitor.subject;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.precertocsp.der.DerTag;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.monitor.wire.BadAddress;
import org.precertocsp.responder.monitor.wire.Countdown;
import org.precertocsp.responder.monitor.wire.Endpoint;
import org.precertocsp.responder.monitor.wire.HttpWire;
import org.precertocsp.responder.monitor.wire.Outcome;
import org.precertocsp.responder.monitor.wire.WireReply;
import org.precertocsp.responder.monitor.wire.WireRequest;
import org.precertocsp.signer.CertificateProblem;
import org.precertocsp.signer.IssuerCertificate;

/// Downloads CA certificates from the caIssuers addresses of certificates (RFC 5280 §4.2.2.1).
final class IssuerFetch {
    private static final int MAX_REDIRECTS = 3;

    private final HttpWire wire;

    IssuerFetch(HttpWire wire) {
        this.wire = wire;
    }

    /// The content of one address.
    ///
    /// @param problem why nothing is usable; empty otherwise
    record Fetched(List<IssuerCertificate> certificates, String problem) {
        static Fetched nothing(String problem) {
            return new Fetched(List.of(), problem);
        }
    }

    /// Follows few redirects; all exchanges share the remaining time.
    Fetched from(String url, Countdown left) {
        try {
            Endpoint at = Endpoint.parse(url);
            for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
                Outcome outcome = wire.send(at, WireRequest.get(at.target()), left);
                if (outcome instanceof Outcome.Failed failed) {
                    return Fetched.nothing(failed.why());
                }
                WireReply reply = ((Outcome.Replied) outcome).reply();
                Optional<String> location = reply.field("location");
                if (reply.status() / 100 != 3 || location.isEmpty()) {
                    return reply.status() == 200
                            ? fetched(reply.body())
                            : Fetched.nothing("HTTP " + reply.status());
                }
                at = Endpoint.parse(location.get());
            }
            return Fetched.nothing("more than %d redirects".formatted(MAX_REDIRECTS));
        } catch (BadAddress e) {
            return Fetched.nothing(e.explanation());
        }
    }

    private static Fetched fetched(Octets body) {
        List<IssuerCertificate> certificates = new ArrayList<>();
        for (Octets der : ders(body)) {
            try {
                certificates.add(IssuerCertificate.parse(der));
            } catch (CertificateProblem _) {
                // Unsupported; there may be others.
            }
        }
        return new Fetched(
                certificates, certificates.isEmpty() ? "its content is not a certificate" : "");
    }

    /// One DER certificate, PEM, or a certs-only CMS message (RFC 5280 §4.2.2.1).
    private static List<Octets> ders(Octets body) {
        byte[] octets = body.toArray();
        try {
            if (octets.length > 0 && octets[0] != DerTag.SEQUENCE) {
                return pem(new String(octets, StandardCharsets.ISO_8859_1));
            }
            List<Octets> found = new ArrayList<>();
            for (X509CertificateHolder each :
                    new CMSSignedData(octets).getCertificates().getMatches(null)) {
                found.add(Octets.of(each.getEncoded()));
            }
            return found;
        } catch (CMSException | IOException | RuntimeException _) {
            return List.of(body);
        }
    }

    private static List<Octets> pem(String text) throws IOException {
        List<Octets> found = new ArrayList<>();
        try (PemReader reader = new PemReader(new StringReader(text))) {
            for (PemObject each = reader.readPemObject();
                    each != null;
                    each = reader.readPemObject()) {
                found.add(Octets.of(each.getContent()));
            }
        }
        return found;
    }
}
