package org.precertocsp.signer;

import static org.precertocsp.signer.DerWriter.element;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.ValidityWindow;

/// One SingleResponse (RFC 6960 §4.2.1) as the octets that Bouncy Castle would make of it.
///
/// Its fixed parts come from Bouncy Castle; only lengths, times and what the client sent are put in
/// here.
///
/// @param shown which reasons may be encoded
/// @param retention as in [ResponseContent]
record SingleDer(
        SingleAnswer answer,
        ValidityWindow window,
        ShownReasons shown,
        Optional<Duration> retention) {
    private static final Map<HashAlgorithm, Octets> WITH_NULL = hashes(DigestParameters.NULL);
    private static final Map<HashAlgorithm, Octets> WITHOUT_PARAMETERS =
            hashes(DigestParameters.ABSENT);
    private static final Octets BEFORE_CUTOFF = ResponseForm.beforeArchiveCutoff();

    // good [0] and unknown [2] are IMPLICIT NULL; revoked [1] is a SEQUENCE.
    private static final int PRIMITIVE = 0x80;
    private static final int EMPTY_LENGTH = 2;
    private static final int REASON_LENGTH = 5;
    private static final int NEXT_UPDATE_LENGTH = 2 + DerWriter.TIME_LENGTH;

    int length() {
        return element(content());
    }

    void write(DerWriter out) {
        out.header(DerWriter.SEQUENCE, content());
        writeCertId(out);
        writeStatus(out);
        out.time(window.thisUpdate());
        out.header(DerWriter.context(0), DerWriter.TIME_LENGTH);
        out.time(window.nextUpdate());
        if (hasCutoff()) {
            out.raw(BEFORE_CUTOFF);
            out.time(window.thisUpdate().minus(retention.orElseThrow()));
        }
    }

    private int content() {
        int cutoff = hasCutoff() ? BEFORE_CUTOFF.length() + DerWriter.TIME_LENGTH : 0;
        return element(certIdContent())
                + statusLength()
                + DerWriter.TIME_LENGTH
                + NEXT_UPDATE_LENGTH
                + cutoff;
    }

    private int certIdContent() {
        CertId id = answer.certId();
        return hash(id).length()
                + element(id.issuerNameHash().length())
                + element(id.issuerKeyHash().length())
                + element(id.serial().content().length());
    }

    /// Repeats hash, parameter form and serial as the client wrote them (CI-06, CI-07, SS-16).
    private void writeCertId(DerWriter out) {
        CertId id = answer.certId();
        out.header(DerWriter.SEQUENCE, certIdContent());
        out.raw(hash(id));
        out.element(DerWriter.OCTET_STRING, id.issuerNameHash());
        out.element(DerWriter.OCTET_STRING, id.issuerKeyHash());
        out.element(DerWriter.INTEGER, id.serial().content());
    }

    private int statusLength() {
        return answer.status() instanceof CertStatus.Revoked revoked
                ? element(revokedContent(revoked))
                : EMPTY_LENGTH;
    }

    private int revokedContent(CertStatus.Revoked revoked) {
        return DerWriter.TIME_LENGTH + (shown.code(revoked) == 0 ? 0 : REASON_LENGTH);
    }

    private void writeStatus(DerWriter out) {
        switch (answer.status()) {
            case CertStatus.Good _ -> out.header(PRIMITIVE | SingleForm.GOOD, 0);
            case CertStatus.Unknown _ -> out.header(PRIMITIVE | SingleForm.UNKNOWN, 0);
            case CertStatus.Revoked revoked -> writeRevoked(revoked, out);
        }
    }

    private void writeRevoked(CertStatus.Revoked revoked, DerWriter out) {
        out.header(DerWriter.context(SingleForm.REVOKED), revokedContent(revoked));
        out.time(revoked.at());
        int reason = shown.code(revoked);
        if (reason != 0) {
            out.header(DerWriter.context(0), REASON_LENGTH - 2);
            out.header(DerWriter.ENUMERATED, 1);
            out.octet(reason);
        }
    }

    /// Of an unassigned serial nothing was kept, so there is no cutoff to tell (RP-15).
    private boolean hasCutoff() {
        return retention.isPresent() && !(answer.status() instanceof CertStatus.Unknown);
    }

    private static Octets hash(CertId id) {
        Octets identifier =
                (id.parameters() == DigestParameters.NULL ? WITH_NULL : WITHOUT_PARAMETERS)
                        .get(id.hashAlgorithm());
        if (identifier == null) {
            throw new IllegalStateException("no identifier of " + id.hashAlgorithm());
        }
        return identifier;
    }

    private static Map<HashAlgorithm, Octets> hashes(DigestParameters parameters) {
        Map<HashAlgorithm, Octets> identifiers = new EnumMap<>(HashAlgorithm.class);
        for (HashAlgorithm hash : HashAlgorithm.values()) {
            identifiers.put(
                    hash, Octets.of(ResponseForm.der(SingleForm.algorithm(hash, parameters))));
        }
        return identifiers;
    }
}
