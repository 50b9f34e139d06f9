package org.precertocsp.responder.status;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.precertocsp.der.ByteString;

/// The status of a serial as the `status` command and the API show it; its JSON has these fields.
///
/// @param serial hexadecimal
/// @param issuer its name in the configuration
/// @param state `unassigned`, `announced`, `good` or `revoked`
/// @param assignedBy the evidence that first made the serial assigned
/// @param history oldest first
public record SerialStatus(
        String serial,
        String issuer,
        String state,
        Optional<Instant> announcedAt,
        Optional<String> assignedBy,
        Optional<Instant> notAfter,
        Optional<Revoked> revocation,
        List<Evidence> evidence,
        List<Event> history,
        List<Conflict> conflicts) {

    public static final String UNASSIGNED = "unassigned";

    /// @param reasonCode the CRLReason's number
    public record Revoked(
            Instant at, String reason, int reasonCode, Optional<Instant> invalidityDate) {}

    /// @param documentSha256 of the document's DER, as incident reports require (IS-06)
    public record Evidence(
            String by,
            Optional<ByteString> documentSha256,
            Optional<ByteString> contentSha256,
            ChangeSource source) {}

    public record Event(Instant at, String what, ChangeSource source) {}

    public record Conflict(
            String why,
            Optional<ByteString> documentSha256,
            Optional<ByteString> contentSha256,
            ChangeSource source) {}

    public static SerialStatus of(String issuer, StatusDetails dossier) {
        Optional<StatusRecord.Assigned> assigned =
                dossier.record()
                        .filter(StatusRecord.Assigned.class::isInstance)
                        .map(StatusRecord.Assigned.class::cast);
        return new SerialStatus(
                dossier.key().serial().toHex(),
                issuer,
                dossier.record().map(SerialStatus::state).orElse(UNASSIGNED),
                dossier.record()
                        .filter(StatusRecord.Announced.class::isInstance)
                        .map(record -> ((StatusRecord.Announced) record).at()),
                assigned.map(record -> word(record.by())),
                assigned.flatMap(StatusRecord.Assigned::notAfter),
                assigned.flatMap(StatusRecord.Assigned::revocation)
                        .map(
                                revocation ->
                                        new Revoked(
                                                revocation.at(),
                                                revocation.reason().toString(),
                                                revocation.reason().code(),
                                                revocation.invalidityDate())),
                dossier.evidence().stream().map(SerialStatus::evidence).toList(),
                dossier.history().stream()
                        .map(event -> new Event(event.at(), event.what(), event.source()))
                        .toList(),
                dossier.conflicts().stream().map(SerialStatus::conflict).toList());
    }

    public boolean known() {
        return !state.equals(UNASSIGNED);
    }

    /// The state of a record: `announced`, `good` or `revoked`.
    public static String state(StatusRecord record) {
        return switch (record) {
            case StatusRecord.Announced _ -> "announced";
            case StatusRecord.Assigned assigned ->
                    assigned.revocation().isPresent() ? "revoked" : "good";
        };
    }

    private static Evidence evidence(StatusDetails.Evidence evidence) {
        return new Evidence(
                word(evidence.by()),
                evidence.commitment().map(CertificateFingerprint::documentSha256),
                evidence.commitment().map(CertificateFingerprint::contentSha256),
                evidence.source());
    }

    private static Conflict conflict(StatusDetails.Conflict conflict) {
        return new Conflict(
                conflict.why(),
                conflict.commitment().map(CertificateFingerprint::documentSha256),
                conflict.commitment().map(CertificateFingerprint::contentSha256),
                conflict.source());
    }

    private static String word(AssignedBy by) {
        return by.name().toLowerCase(Locale.ROOT);
    }
}
