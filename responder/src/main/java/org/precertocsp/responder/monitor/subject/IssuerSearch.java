package org.precertocsp.responder.monitor.subject;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.monitor.wire.Countdown;
import org.precertocsp.responder.monitor.wire.HttpWire;
import org.precertocsp.signer.CertificateProblem;
import org.precertocsp.signer.IssuerCertificate;

/// Finds the issuer of a certificate: among the given ones, then at the addresses in the
/// certificate. Names prove nothing; the signature must verify. Not thread-safe.
final class IssuerSearch {
    /// Addresses used per certificate, which may contain any number.
    private static final int MAX_URLS = 3;

    /// For all of them together, redirects included.
    private static final Duration FETCHING = Duration.ofSeconds(20);

    private final IssuerFetch fetch;
    private final Set<IssuerCertificate> known = new LinkedHashSet<>();
    private final Map<String, IssuerFetch.Fetched> fetched = new HashMap<>();

    IssuerSearch(HttpWire wire) {
        this.fetch = new IssuerFetch(wire);
    }

    void add(Collection<Octets> certificates) {
        for (Octets der : certificates) {
            try {
                known.add(IssuerCertificate.parse(der));
            } catch (CertificateProblem _) {
                // Unsupported: nothing could be verified with it.
            }
        }
    }

    /// @param signedBySigner whether a Precertificate Signing Certificate signed it
    record Found(IssuerCertificate issuer, boolean signedBySigner) {}

    /// @throws SubjectProblem no issuer was found; the message says where it was searched
    Found issuerOf(SeenCertificate certificate) throws SubjectProblem {
        IssuerCertificate issuer = signerOf(certificate);
        SeenCertificate seen = SeenCertificate.parse(certificate.name(), issuer.der());
        if (!certificate.isPrecertificate() || !seen.isPrecertificateSigner()) {
            return new Found(issuer, false);
        }
        return new Found(signerOf(seen), true);
    }

    private IssuerCertificate signerOf(SeenCertificate certificate) throws SubjectProblem {
        Optional<IssuerCertificate> found = amongKnown(certificate);
        List<String> looked = new ArrayList<>();
        Countdown left = Countdown.start(FETCHING);
        for (String url : certificate.issuerUrls().stream().limit(MAX_URLS).toList()) {
            if (found.isPresent()) {
                break;
            }
            IssuerFetch.Fetched there = fetched.get(url);
            if (there == null) {
                there = fetch.from(url, left);
                fetched.put(url, there);
                known.addAll(there.certificates());
                found = amongKnown(certificate);
            }
            looked.add(there.problem().isEmpty() ? url : url + " (" + there.problem() + ")");
        }
        return found.orElseThrow(() -> new SubjectProblem(notFound(certificate, looked)));
    }

    private Optional<IssuerCertificate> amongKnown(SeenCertificate certificate) {
        return known.stream().filter(certificate::isIssuedBy).findFirst();
    }

    private String notFound(SeenCertificate certificate, List<String> places) {
        List<IssuerCertificate> named = known.stream().filter(certificate::namesAsIssuer).toList();
        String signer =
                certificate.isPrecertificate()
                        ? "; if a Precertificate Signing Certificate signed it, give that with"
                                + " --issuer too"
                        : "";
        if (!named.isEmpty()) {
            return "%s: its signature does not verify with the key of %s%s"
                    .formatted(certificate.name(), named.getFirst(), signer);
        }
        String looked =
                places.isEmpty()
                        ? "it names no address to get it from"
                        : "%s did not give it%s"
                                .formatted(
                                        String.join(", ", places),
                                        certificate.issuerUrls().size() > places.size()
                                                ? " (%d more addresses are not followed)"
                                                        .formatted(
                                                                certificate.issuerUrls().size()
                                                                        - places.size())
                                                : "");
        return "%s: the certificate of its issuer %s is needed, and %s; give it with --issuer%s"
                .formatted(certificate.name(), certificate.issuerText(), looked, signer);
    }
}
