package org.precertocsp.signer;

import static org.precertocsp.der.DerWriter.elementLength;

import java.time.Duration;
import java.util.Optional;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.ValidityWindow;

/// One SingleResponse (RFC 6960 §4.2.1) as the bytes that Bouncy Castle would make of it.
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
    private static final Octets BEFORE_CUTOFF = ResponseForm.beforeArchiveCutoff();

    private static final int EMPTY_LENGTH = 2;
    private static final int REASON_LENGTH = 5;
    private static final int NEXT_UPDATE_LENGTH = 2 + DerWriter.TIME_LENGTH;

    int length() {
        return elementLength(content());
    }

    void write(DerWriter out) {
        out.header(DerTag.SEQUENCE, content());
        CertIdEncoder.write(answer.certId(), out);
        writeStatus(out);
        out.time(window.thisUpdate());
        out.header(DerTag.context(0), DerWriter.TIME_LENGTH);
        out.time(window.nextUpdate());
        if (hasCutoff()) {
            out.raw(BEFORE_CUTOFF);
            out.time(window.thisUpdate().minus(retention.orElseThrow()));
        }
    }

    private int content() {
        int cutoff = hasCutoff() ? BEFORE_CUTOFF.length() + DerWriter.TIME_LENGTH : 0;
        return CertIdEncoder.length(answer.certId())
                + statusLength()
                + DerWriter.TIME_LENGTH
                + NEXT_UPDATE_LENGTH
                + cutoff;
    }

    private int statusLength() {
        return answer.status() instanceof CertStatus.Revoked revoked
                ? elementLength(revokedContent(revoked))
                : EMPTY_LENGTH;
    }

    private int revokedContent(CertStatus.Revoked revoked) {
        return DerWriter.TIME_LENGTH + (shown.code(revoked) == 0 ? 0 : REASON_LENGTH);
    }

    /// good \[0] and unknown \[2] are IMPLICIT NULL; revoked \[1] is a SEQUENCE.
    private void writeStatus(DerWriter out) {
        switch (answer.status()) {
            case CertStatus.Good _ -> out.header(DerTag.contextPrimitive(SingleForm.GOOD), 0);
            case CertStatus.Unknown _ -> out.header(DerTag.contextPrimitive(SingleForm.UNKNOWN), 0);
            case CertStatus.Revoked revoked -> writeRevoked(revoked, out);
        }
    }

    private void writeRevoked(CertStatus.Revoked revoked, DerWriter out) {
        out.header(DerTag.context(SingleForm.REVOKED), revokedContent(revoked));
        out.time(revoked.at());
        int reason = shown.code(revoked);
        if (reason != 0) {
            out.header(DerTag.context(0), REASON_LENGTH - 2);
            out.header(DerTag.ENUMERATED, 1);
            out.raw(reason);
        }
    }

    /// Nothing was retained of an unassigned serial, so there is no cutoff (RP-15).
    private boolean hasCutoff() {
        return retention.isPresent() && !(answer.status() instanceof CertStatus.Unknown);
    }
}
