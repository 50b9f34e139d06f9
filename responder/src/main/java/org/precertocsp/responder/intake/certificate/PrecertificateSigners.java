package org.precertocsp.responder.intake.certificate;

import static java.util.stream.Collectors.groupingBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedRefused;
import org.precertocsp.responder.intake.ReadProgress;
import org.precertocsp.signer.CertificateProblem;
import org.precertocsp.signer.IssuerCertificate;

/// The Precertificate Signing Certificates of the configured issuers: from the configuration, and
/// from the files of one command. Immutable.
public final class PrecertificateSigners {
    private final NamedIssuers issuers;
    private final Map<Octets, PrecertificateSigner> byDer;
    private final Map<Octets, List<PrecertificateSigner>> byName;
    private final Map<Octets, String> refusalsByName;

    private PrecertificateSigners(
            NamedIssuers issuers,
            Map<Octets, PrecertificateSigner> byDer,
            Map<Octets, String> refusalsByName) {
        this.issuers = issuers;
        this.byDer = Map.copyOf(byDer);
        this.byName =
                byDer.values().stream()
                        .collect(groupingBy(signer -> signer.certificate().subjectName()));
        this.refusalsByName = Map.copyOf(refusalsByName);
    }

    public static PrecertificateSigners none(FedIssuer.Directory issuers) {
        return new PrecertificateSigners(new NamedIssuers(issuers), Map.of(), Map.of());
    }

    /// @param configured each must satisfy CT-06
    /// @throws CertificateProblem naming every one that does not, and why
    public static PrecertificateSigners of(
            FedIssuer.Directory issuers, List<IssuerCertificate> configured)
            throws CertificateProblem {
        PrecertificateSigners signers =
                none(issuers).with(configured.stream().map(IssuerCertificate::der).toList());
        List<String> problems = new ArrayList<>();
        for (IssuerCertificate certificate : configured) {
            if (!signers.byDer.containsKey(certificate.der())) {
                String why = signers.refusal(certificate.subjectName()).orElse("not readable");
                problems.add(certificate.subject() + ": " + why);
            }
        }
        if (!problems.isEmpty()) {
            throw new CertificateProblem(String.join("; ", problems), null);
        }
        return signers;
    }

    /// These and the ones in a file of the same command, so that a precertificate may be fed before
    /// or apart from the certificate of its signer. A file that cannot be read adds none: reading
    /// it as a feed says why. Reads the whole file.
    public PrecertificateSigners withThoseIn(Path file) {
        try {
            return with(FirstPass.over(file, ReadProgress.SILENT, _ -> {}).signerCandidates());
        } catch (IOException | FeedRefused _) {
            return this;
        }
    }

    PrecertificateSigners with(Collection<Octets> candidates) {
        if (byDer.keySet().containsAll(candidates)) {
            return this;
        }
        Map<Octets, PrecertificateSigner> signers = new LinkedHashMap<>(byDer);
        Map<Octets, String> refusals = new HashMap<>(refusalsByName);
        for (Octets der : candidates) {
            try {
                examine(RawCertificate.parse(der), signers, refusals);
            } catch (MalformedDerException _) {
                // Refused with its place when the feed comes to it.
            }
        }
        return new PrecertificateSigners(issuers, signers, refusals);
    }

    private void examine(
            RawCertificate candidate,
            Map<Octets, PrecertificateSigner> signers,
            Map<Octets, String> refusals) {
        try {
            signers.put(candidate.der(), PrecertificateSigner.of(candidate, issuers));
        } catch (CertificateProblem e) {
            refusals.put(candidate.subjectName(), String.valueOf(e.getMessage()));
        }
    }

    NamedIssuers issuers() {
        return issuers;
    }

    /// Those whose subject name is this one, byte for byte.
    List<PrecertificateSigner> named(Octets name) {
        return byName.getOrDefault(name, List.of());
    }

    /// Why a candidate of that name may not sign precertificates.
    Optional<String> refusal(Octets name) {
        return Optional.ofNullable(refusalsByName.get(name));
    }
}
