package org.precertocsp.signer;

import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.ResponseData;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.ValidityWindow;

/// Reads back what is about to be signed and compares it with what was to be said (KP-08): what has
/// been signed could be released by anyone who sees it.
///
/// A difference is a defect of this program, never of the request: it throws
/// [IllegalStateException], and no answer is better than a wrong one.
final class ReleaseLint {
    private ReleaseLint() {}

    /// @param message DER of the ResponseData
    static void check(byte[] message, ResponseContent content, ValidityWindow window) {
        ResponseData data = ResponseData.getInstance(message);
        require(
                data.getProducedAt().equals(SingleForm.time(window.thisUpdate())),
                "producedAt equals thisUpdate");
        require(
                (data.getResponseExtensions() != null) == content.nonce().isPresent(),
                "it carries a nonce only when asked");
        checkSingles(data.getResponses(), content.answers(), window);
    }

    private static void checkSingles(
            ASN1Sequence singles, List<SingleAnswer> answers, ValidityWindow window) {
        require(singles.size() == answers.size(), "it answers every CertID once");
        ASN1GeneralizedTime thisUpdate = SingleForm.time(window.thisUpdate());
        ASN1GeneralizedTime nextUpdate = SingleForm.time(window.nextUpdate());
        int index = 0;
        for (ASN1Encodable encoded : singles) {
            SingleResponse single = SingleResponse.getInstance(encoded);
            SingleAnswer answer = answers.get(index++);
            require(
                    isSame(single.getCertID(), SingleForm.certId(answer.certId())),
                    "the CertID is the one asked");
            require(
                    single.getCertStatus().getTagNo() == tag(answer.status()),
                    "the status is the one decided");
            require(
                    thisUpdate.equals(single.getThisUpdate())
                            && nextUpdate.equals(single.getNextUpdate()),
                    "the window is the one decided");
        }
    }

    /// By their bytes: to Bouncy Castle, absent and NULL parameters are equal (CI-07).
    private static boolean isSame(CertID answered, CertID asked) {
        return Arrays.equals(ResponseForm.der(answered), ResponseForm.der(asked));
    }

    private static int tag(CertStatus status) {
        return switch (status) {
            case CertStatus.Good _ -> SingleForm.GOOD;
            case CertStatus.Revoked _ -> SingleForm.REVOKED;
            case CertStatus.Unknown _ -> SingleForm.UNKNOWN;
        };
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("a response is signed only if " + what + " (KP-08)");
        }
    }
}
