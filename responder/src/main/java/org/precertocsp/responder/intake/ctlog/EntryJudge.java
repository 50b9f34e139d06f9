package org.precertocsp.responder.intake.ctlog;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.certificate.LoggedCertificates;
import org.precertocsp.responder.intake.certificate.LoggedCertificates.Verdict;
import org.precertocsp.responder.intake.ctlog.client.LogUnavailable;
import org.precertocsp.responder.intake.ctlog.entry.Candidate;
import org.precertocsp.responder.intake.ctlog.entry.Submitted;

/// Verifies entries that name a configured issuer, with the Precertificate Signing Certificate if
/// one signed. Used for one range of entries by one thread.
final class EntryJudge {
    private final FollowedLog log;
    private final LoggedCertificates certificates;
    // At most one per candidate of the range.
    private final Map<Octets, Optional<Octets>> fetched = new HashMap<>();

    EntryJudge(FollowedLog log, LoggedCertificates certificates) {
        this.log = log;
        this.certificates = certificates;
    }

    /// May block on the network.
    Verdict verify(Candidate entry) throws LogUnavailable, InterruptedException {
        Submitted submitted = entry.submitted();
        if (!entry.isPrecertificate()) {
            return certificates.certificate(entry.body());
        }
        Octets precertificate = submitted.precertificate().orElseThrow();
        List<Octets> chain = submitted.issuer().stream().toList();
        Verdict verdict = certificates.precertificate(entry.body(), precertificate, chain);
        if (verdict instanceof Verdict.Unusable && submitted.issuerSha256().isPresent()) {
            // Nearly always the issuer itself signed, so the certificate is fetched only now.
            Optional<Octets> signer = issuer(submitted.issuerSha256().get());
            if (signer.isPresent()) {
                return certificates.precertificate(
                        entry.body(), precertificate, List.of(signer.get()));
            }
        }
        return verdict;
    }

    private Optional<Octets> issuer(Octets sha256) throws LogUnavailable, InterruptedException {
        Optional<Octets> known = fetched.get(sha256);
        if (known == null) {
            known = log.log().issuer(sha256);
            fetched.put(sha256, known);
        }
        return known;
    }
}
