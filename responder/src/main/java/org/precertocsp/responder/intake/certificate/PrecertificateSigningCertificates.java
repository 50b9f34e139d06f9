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
import org.precertocsp.der.ByteString;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.ProgressListener;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;

/// The Precertificate Signing Certificates of the configured issuers: from the configuration, and
/// from the files of one command. Immutable.
public final class PrecertificateSigningCertificates {
    private final IssuerNameIndex issuers;
    private final Map<ByteString, PrecertificateSigningCertificate> byDer;
    private final Map<ByteString, List<PrecertificateSigningCertificate>> byName;
    private final Map<ByteString, String> refusalsByName;

    private PrecertificateSigningCertificates(
            IssuerNameIndex issuers,
            Map<ByteString, PrecertificateSigningCertificate> byDer,
            Map<ByteString, String> refusalsByName) {
        this.issuers = issuers;
        this.byDer = Map.copyOf(byDer);
        this.byName =
                byDer.values().stream()
                        .collect(groupingBy(signer -> signer.certificate().subjectName()));
        this.refusalsByName = Map.copyOf(refusalsByName);
    }

    public static PrecertificateSigningCertificates none(ConfiguredIssuer.Directory issuers) {
        return new PrecertificateSigningCertificates(
                new IssuerNameIndex(issuers), Map.of(), Map.of());
    }

    /// @param configured each must satisfy CT-06
    /// @throws InvalidCertificateException names every one that does not, with the reason
    public static PrecertificateSigningCertificates of(
            ConfiguredIssuer.Directory issuers, List<IssuerCertificate> configured)
            throws InvalidCertificateException {
        PrecertificateSigningCertificates signers =
                none(issuers).with(configured.stream().map(IssuerCertificate::der).toList());
        List<String> problems = new ArrayList<>();
        for (IssuerCertificate certificate : configured) {
            if (!signers.byDer.containsKey(certificate.der())) {
                String why = signers.refusal(certificate.subjectName()).orElse("not readable");
                problems.add(certificate.subject() + ": " + why);
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidCertificateException(String.join("; ", problems), null);
        }
        return signers;
    }

    /// These and the ones in a file of the same command, so that a precertificate may be loaded
    /// before the certificate of its signer, or from another file. A file that cannot be read adds
    /// none: loading it as a feed reports why. Reads the whole file.
    public PrecertificateSigningCertificates withThoseIn(Path file) {
        try {
            return with(
                    CertificateFileScan.over(file, ProgressListener.SILENT, _ -> {})
                            .signerCandidates());
        } catch (IOException | FeedRejectedException _) {
            return this;
        }
    }

    PrecertificateSigningCertificates with(Collection<ByteString> candidates) {
        if (byDer.keySet().containsAll(candidates)) {
            return this;
        }
        Map<ByteString, PrecertificateSigningCertificate> signers = new LinkedHashMap<>(byDer);
        Map<ByteString, String> refusals = new HashMap<>(refusalsByName);
        for (ByteString der : candidates) {
            try {
                examine(RawCertificate.parse(der), signers, refusals);
            } catch (MalformedDerException _) {
                // The feed rejects it later, with its location.
            }
        }
        return new PrecertificateSigningCertificates(issuers, signers, refusals);
    }

    private void examine(
            RawCertificate candidate,
            Map<ByteString, PrecertificateSigningCertificate> signers,
            Map<ByteString, String> refusals) {
        try {
            signers.put(candidate.der(), PrecertificateSigningCertificate.of(candidate, issuers));
        } catch (InvalidCertificateException e) {
            refusals.put(candidate.subjectName(), String.valueOf(e.getMessage()));
        }
    }

    IssuerNameIndex issuers() {
        return issuers;
    }

    /// Those with exactly this subject name, byte for byte.
    List<PrecertificateSigningCertificate> named(ByteString name) {
        return byName.getOrDefault(name, List.of());
    }

    /// Why a candidate with that name may not sign precertificates.
    Optional<String> refusal(ByteString name) {
        return Optional.ofNullable(refusalsByName.get(name));
    }
}
