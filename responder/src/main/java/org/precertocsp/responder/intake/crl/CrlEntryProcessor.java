package org.precertocsp.responder.intake.crl;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.SourceLocation;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.RevocationPolicy;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;

/// Turns the entries of a verified CRL into revocations (CR-08, CR-14). Parts of an entry that
/// cannot be used are reported; a serial that can be read is revoked.
final class CrlEntryProcessor implements CrlEntry.Visitor {
    /// The context in which entries are judged.
    ///
    /// @param delta whether the CRL is a delta CRL
    /// @param older whether a newer CRL was loaded before: it may have lifted a hold
    /// @param caCertificates whether it lists only certificates of CAs, which must have a reason
    /// @param own serials of certificates that this responder uses, with their descriptions
    record Terms(
            CrlSigner signer,
            RevocationPolicy policy,
            boolean delta,
            boolean older,
            boolean caCertificates,
            Map<Serial, String> own) {}

    private final Terms terms;
    private final FeedSink sink;
    private final List<String> ownRevoked = new ArrayList<>();

    /// The certificateIssuer named last, which applies to the following entries (RFC 5280 §5.3.3);
    /// empty for the signer.
    private Optional<String> otherIssuer = Optional.empty();

    CrlEntryProcessor(Terms terms, FeedSink sink) {
        this.terms = terms;
        this.sink = sink;
    }

    /// Which of this responder's own certificates the CRL lists.
    List<String> ownRevoked() {
        return List.copyOf(ownRevoked);
    }

    @Override
    public void entry(CrlEntry entry) {
        switch (entry) {
            case CrlEntry.Unusable unusable -> sink.refuse(place(entry), unusable.why());
            case CrlEntry.Revoked revoked -> revoked(revoked);
        }
    }

    private void revoked(CrlEntry.Revoked entry) {
        for (String remark : entry.remarks()) {
            warn(entry, remark);
        }
        if (entry.certificateIssuer().isPresent()) {
            otherIssuer = otherIssuer(entry, entry.certificateIssuer().get());
        }
        if (otherIssuer.isPresent()) {
            sink.refuse(
                    place(entry),
                    ("serial %s is of another issuer, %s: entries of indirect CRLs are not taken"
                                    + " (CR-16)")
                            .formatted(entry.serial(), otherIssuer.get()));
            return;
        }
        if (entry.reason() == CrlEntry.REMOVE_FROM_CRL) {
            sink.refuse(
                    place(entry),
                    terms.delta()
                            ? "the delta CRL removes serial %s: no revocation is ever undone (SA-11)"
                                    .formatted(entry.serial())
                            : ("a full CRL with reason removeFromCRL (8) for serial %s (CR-09): the"
                                            + " entry is left out")
                                    .formatted(entry.serial()));
            return;
        }
        judge(entry);
    }

    /// Empty if the extension names the CRL's own issuer, or no directory name at all.
    private Optional<String> otherIssuer(CrlEntry.Revoked entry, ByteString generalNames) {
        List<String> others = new ArrayList<>();
        try {
            for (GeneralName name : GeneralNames.getInstance(generalNames.toArray()).getNames()) {
                if (name.getTagNo() == GeneralName.directoryName) {
                    X500Name issuer = X500Name.getInstance(name.getName());
                    if (CrlSigner.isNamed(terms.signer().issuer(), issuer)) {
                        return Optional.empty();
                    }
                    others.add("'" + issuer + "'");
                }
            }
        } catch (RuntimeException e) {
            warn(entry, "certificateIssuer cannot be read and is left out: " + e.getMessage());
        }
        return others.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", others));
    }

    private RevocationPolicy.Verdict verdict(CrlEntry.Revoked entry) {
        RevocationReason reason =
                entry.reason() == CrlEntry.NO_REASON
                        ? RevocationReason.UNSPECIFIED
                        : RevocationReason.ofCode(entry.reason())
                                .orElse(RevocationReason.UNSPECIFIED);
        if (entry.at().isPresent()) {
            return terms.policy()
                    .judge(new Revocation(entry.at().get(), reason, entry.invalidityDate()));
        }
        warn(
                entry,
                "without a date that can be read: revoked as of %s"
                        .formatted(terms.policy().standIn()));
        return terms.policy().judgeUndated(reason, entry.invalidityDate());
    }

    private void judge(CrlEntry.Revoked entry) {
        switch (verdict(entry)) {
            case RevocationPolicy.Verdict.Refused refused ->
                    sink.refuse(place(entry), refused.why());
            case RevocationPolicy.Verdict.Accepted accepted -> {
                for (String remark : accepted.remarks()) {
                    warn(entry, remark);
                }
                if (terms.older()
                        && accepted.revocation().reason() == RevocationReason.CERTIFICATE_HOLD) {
                    sink.refuseRevocation(
                            place(entry),
                            new SerialKey(terms.signer().issuer().key(), entry.serial()),
                            "a hold on an older CRL, which may have been lifted since");
                    return;
                }
                warnOfSerial(entry, accepted.revocation().reason());
                ConfiguredIssuer issuer = terms.signer().issuer();
                StatusChange.Revoke change =
                        accepted.change(
                                new SerialKey(issuer.key(), entry.serial()), Optional.empty());
                if (terms.signer().hasNamesakes()) {
                    sink.revoke(place(entry), change, terms.signer().namesakes());
                } else {
                    sink.accept(place(entry), change);
                }
            }
        }
    }

    private void warnOfSerial(CrlEntry.Revoked entry, RevocationReason reason) {
        Serial serial = entry.serial();
        if (serial.content().at(0) < 0) {
            sink.warn(place(entry), "serial " + serial.number() + " is negative (SS-14)");
        } else if (serial.content().length() == 1 && serial.content().at(0) == 0) {
            sink.warn(place(entry), "the serial is zero (SS-14)");
        }
        if (terms.caCertificates() && reason == RevocationReason.UNSPECIFIED) {
            warn(entry, "a CA certificate revoked without a reason (SA-09, CR-07)");
        }
        String own = terms.own().isEmpty() ? null : terms.own().get(serial);
        if (own != null) {
            ownRevoked.add(own + " (serial " + serial + ")");
            warn(entry, "this is " + own + ": clients will not believe what it signs");
        }
    }

    private void warn(CrlEntry.Revoked entry, String what) {
        sink.warn(place(entry), "serial " + entry.serial() + ": " + what);
    }

    private static SourceLocation place(CrlEntry entry) {
        return new SourceLocation.Offset(entry.offset());
    }
}
