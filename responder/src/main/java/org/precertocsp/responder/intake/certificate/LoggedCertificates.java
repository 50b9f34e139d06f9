package org.precertocsp.responder.intake.certificate;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.InvalidSerial;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.Commitment;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;

/// Judges certificates and precertificates that a Certificate Transparency log holds. A log's word
/// is not enough to make a serial good: our issuer's signature, or that of its Precertificate
/// Signing Certificate, must be on what was submitted, and the leaf must be of the same
/// certificate. Thread-safe.
public final class LoggedCertificates {
    /// Algorithm and signature for a leaf, which has none.
    private static final byte[] NO_SIGNATURE = Octets.ofHex("3000030100").toArray();

    /// The result for one entry.
    public sealed interface Verdict {
        /// @param change never a revocation
        record Ours(StatusChange.Assign change) implements Verdict {}

        /// It names no configured issuer, in spite of the first look.
        record Foreign() implements Verdict {}

        /// @param why in words that follow the entry's name
        record Unusable(String why) implements Verdict {}
    }

    private final PrecertificateSigners signers;

    public LoggedCertificates(PrecertificateSigners signers) {
        this.signers = signers;
    }

    /// Judges a certificate.
    public Verdict certificate(Octets der) {
        try {
            RawCertificate certificate = RawCertificate.parse(der);
            boolean poisoned = Poison.of(certificate).isThere();
            return switch (new Attributor(signers).attribute(certificate, poisoned)) {
                case Attribution.To to -> assigned(certificate, certificate, poisoned, to);
                case Attribution.Foreign _ -> new Verdict.Foreign();
                case Attribution.Disowned(String why) -> new Verdict.Unusable(why);
            };
        } catch (MalformedDerException e) {
            return new Verdict.Unusable(e.getMessage());
        }
    }

    /// Judges a precertificate.
    ///
    /// @param tbs DER of the TBSCertificate in the leaf, which has serial and issuer (CT-04)
    /// @param submitted DER of the precertificate that was submitted
    /// @param chain certificates that may be the Precertificate Signing Certificate; others do no
    ///   harm
    public Verdict precertificate(Octets tbs, Octets submitted, List<Octets> chain) {
        try {
            RawCertificate leaf = RawCertificate.parse(unsigned(tbs));
            RawCertificate document = RawCertificate.parse(submitted);
            if (!Poison.of(document).isThere()) {
                return new Verdict.Unusable("has no poison, though logged as a precertificate");
            }
            Attributor attributor = new Attributor(signers.with(claimants(chain)));
            return switch (attributor.attribute(document, true)) {
                case Attribution.To to -> assigned(leaf, document, true, to);
                case Attribution.Foreign(String why) -> new Verdict.Unusable(why);
                case Attribution.Disowned(String why) -> new Verdict.Unusable(why);
            };
        } catch (MalformedDerException e) {
            return new Verdict.Unusable(e.getMessage());
        }
    }

    // The issuer itself is in most chains, and would be refused as a signer in so many words.
    private static List<Octets> claimants(List<Octets> chain) {
        List<Octets> claimants = new ArrayList<>();
        for (Octets der : chain) {
            try {
                if (PrecertificateSigner.isClaimedBy(RawCertificate.parse(der))) {
                    claimants.add(der);
                }
            } catch (MalformedDerException _) {
                // No certificate signs nothing.
            }
        }
        return claimants;
    }

    /// A TBSCertificate in the form of a certificate, for the reader that expects one.
    private static Octets unsigned(Octets tbs) {
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        parts.writeBytes(tbs.toArray());
        parts.writeBytes(NO_SIGNATURE);
        return Octets.of(DerWriter.encode(DerTag.SEQUENCE, parts.toByteArray()));
    }

    private static Verdict assigned(
            RawCertificate leaf, RawCertificate document, boolean poisoned, Attribution.To to)
            throws MalformedDerException {
        Optional<PrecertificateSigner> signer = leaf == document ? to.signer() : Optional.empty();
        Octets logged = HashAlgorithm.SHA256.hash(CommittedContent.tbs(leaf, signer));
        Commitment commitment = CommittedContent.of(document, to.signer());
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
        } catch (InvalidSerial e) {
            return new Verdict.Unusable(String.valueOf(e.getMessage()));
        }
    }
}
