package org.precertocsp.responder.monitor.subject;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.monitor.wire.HttpWire;
import org.precertocsp.signer.CertificateProblem;
import org.precertocsp.signer.IssuerCertificate;

/// Finds who issued a certificate: among those given, then where it says its issuer is. Names alone
/// prove nothing; the signature must verify. Not thread-safe.
final class IssuerSearch {
    private final IssuerFetch fetch;
    private final Set<IssuerCertificate> known = new LinkedHashSet<>();
    private final Set<String> fetched = new HashSet<>();

    IssuerSearch(HttpWire wire) {
        this.fetch = new IssuerFetch(wire);
    }

    void add(Collection<Octets> certificates) {
        for (Octets der : certificates) {
            try {
                known.add(IssuerCertificate.parse(der));
            } catch (CertificateProblem _) {
                // Then it issued nothing that can be verified here.
            }
        }
    }

    /// @param signedBySigner whether a Precertificate Signing Certificate stands between
    record Found(IssuerCertificate issuer, boolean signedBySigner) {}

    /// @throws SubjectProblem no issuer is known; says where one was looked for
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
        for (String url : certificate.issuerUrls()) {
            if (found.isEmpty() && fetched.add(url)) {
                known.addAll(fetch.from(url));
                found = amongKnown(certificate);
            }
        }
        return found.orElseThrow(() -> new SubjectProblem(notFound(certificate)));
    }

    private Optional<IssuerCertificate> amongKnown(SeenCertificate certificate) {
        return known.stream().filter(certificate::isIssuedBy).findFirst();
    }

    private String notFound(SeenCertificate certificate) {
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
                certificate.issuerUrls().isEmpty()
                        ? "it names no address to get it from"
                        : "%s did not give it".formatted(certificate.issuerUrls());
        return "%s: the certificate of its issuer %s is needed, and %s; give it with --issuer%s"
                .formatted(certificate.name(), certificate.issuerText(), looked, signer);
    }
}
