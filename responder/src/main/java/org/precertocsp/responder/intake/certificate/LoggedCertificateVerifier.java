package org.precertocsp.responder.intake.certificate;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.InvalidSerialException;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.CertificateFingerprint;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;

/// Verifies certificates and precertificates from a Certificate Transparency log. The log's
/// statement is not enough to make a serial good: our issuer's signature, or that of its
/// Precertificate Signing Certificate, must be on the submitted document, and the leaf must be of
/// the same certificate. Thread-safe.
public final class LoggedCertificateVerifier {
    /// Placeholder algorithm and signature for a leaf, which has none.
    private static final byte[] NO_SIGNATURE = ByteString.ofHex("3000030100").toArray();

    /// The result for one entry.
    public sealed interface Verdict {
        /// @param change never a revocation
        record Ours(StatusChange.Assign change) implements Verdict {}

        /// Its issuer is not configured, though the filter matched.
        record Foreign() implements Verdict {}

        /// @param why a phrase that follows the entry's name
        record Unusable(String why) implements Verdict {}
    }

    private final PrecertificateSigningCertificates signers;

    public LoggedCertificateVerifier(PrecertificateSigningCertificates signers) {
        this.signers = signers;
    }

    /// Verifies a certificate.
    public Verdict certificate(ByteString der) {
        try {
            RawCertificate certificate = RawCertificate.parse(der);
            boolean poisoned = PoisonExtension.of(certificate).isThere();
            return switch (new IssuerMatcher(signers).attribute(certificate, poisoned)) {
                case IssuerMatch.To to -> assigned(certificate, certificate, poisoned, to);
                case IssuerMatch.Foreign _ -> new Verdict.Foreign();
                case IssuerMatch.Disowned(String why) -> new Verdict.Unusable(why);
            };
        } catch (MalformedDerException e) {
            return new Verdict.Unusable(e.getMessage());
        }
    }

    /// Verifies a precertificate.
    ///
    /// @param tbs DER of the TBSCertificate in the leaf, which contains serial and issuer (CT-04)
    /// @param submitted DER of the precertificate that was submitted
    /// @param chain certificates that may be the Precertificate Signing Certificate; others do no
    ///   harm
    public Verdict precertificate(ByteString tbs, ByteString submitted, List<ByteString> chain) {
        try {
            RawCertificate leaf = RawCertificate.parse(unsigned(tbs));
            RawCertificate document = RawCertificate.parse(submitted);
            if (!PoisonExtension.of(document).isThere()) {
                return new Verdict.Unusable("has no poison, though logged as a precertificate");
            }
            IssuerMatcher matcher = new IssuerMatcher(signers.with(claimants(chain)));
            return switch (matcher.attribute(document, true)) {
                case IssuerMatch.To to -> assigned(leaf, document, true, to);
                case IssuerMatch.Foreign(String why) -> new Verdict.Unusable(why);
                case IssuerMatch.Disowned(String why) -> new Verdict.Unusable(why);
            };
        } catch (MalformedDerException e) {
            return new Verdict.Unusable(e.getMessage());
        }
    }

    // The issuer itself is in most chains, and would be rejected as a signer with an explanation.
    private static List<ByteString> claimants(List<ByteString> chain) {
        List<ByteString> claimants = new ArrayList<>();
        for (ByteString der : chain) {
            try {
                if (PrecertificateSigningCertificate.isClaimedBy(RawCertificate.parse(der))) {
                    claimants.add(der);
                }
            } catch (MalformedDerException _) {
                // Not a certificate, so it signed nothing.
            }
        }
        return claimants;
    }

    /// A TBSCertificate in the form of a certificate, for the parser that expects one.
    private static ByteString unsigned(ByteString tbs) {
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        parts.writeBytes(tbs.toArray());
        parts.writeBytes(NO_SIGNATURE);
        return ByteString.of(DerWriter.encode(DerTag.SEQUENCE, parts.toByteArray()));
    }

    private static Verdict assigned(
            RawCertificate leaf, RawCertificate document, boolean poisoned, IssuerMatch.To to)
            throws MalformedDerException {
        Optional<PrecertificateSigningCertificate> signer =
                leaf == document ? to.signer() : Optional.empty();
        ByteString logged = HashAlgorithm.SHA256.hash(TbsNormalizer.tbs(leaf, signer));
        CertificateFingerprint commitment = TbsNormalizer.of(document, to.signer());
        if (!logged.equals(commitment.contentSha256())) {
            return new Verdict.Unusable(
                    "the precertificate beside its leaf is not the one in the leaf (CT-04)");
        }
        try {
            return new Verdict.Ours(
                    new StatusChange.Assign(
                            new SerialKey(to.issuer().key(), leaf.serial()),
                            poisoned ? AssignedBy.PRECERTIFICATE : AssignedBy.CERTIFICATE,
                            leaf.notAfter(),
                            Optional.of(commitment)));
        } catch (InvalidSerialException e) {
            return new Verdict.Unusable(String.valueOf(e.getMessage()));
        }
    }
}
