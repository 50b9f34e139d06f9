package org.precertocsp.signer;

import java.util.List;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerReader;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.ValidityWindow;

/// Decodes the data to be signed and compares it with the intended content (KP-08): once signed, it
/// could be released by anyone who sees it.
///
/// Shares no code with the encoder: [DerReader] and [org.precertocsp.der.DerWriter] have none in
/// common, and the object identifiers are a separate table. A difference is a bug in this program,
/// never caused by the request: it throws [IllegalStateException], since no response is better than
/// a wrong one.
final class PreReleaseCheck {
    private static final int GOOD = DerTag.contextPrimitive(0);
    private static final int REVOKED = DerTag.context(1);
    private static final int UNKNOWN = DerTag.contextPrimitive(2);
    private static final int BY_KEY = DerTag.context(2);
    private static final int NEXT_UPDATE = DerTag.context(0);
    private static final int EXTENSIONS = DerTag.context(1);

    private static final ByteString SHA1 = ByteString.ofHex("2b0e03021a");
    private static final ByteString SHA256 = ByteString.ofHex("608648016503040201");
    private static final ByteString SHA384 = ByteString.ofHex("608648016503040202");
    private static final ByteString SHA512 = ByteString.ofHex("608648016503040203");

    private PreReleaseCheck() {}

    /// @param message DER of the ResponseData
    static void check(byte[] message, ResponseContent content, ValidityWindow window) {
        try {
            DerReader whole = DerReader.strict(message);
            DerReader data = whole.inside(DerTag.SEQUENCE, "ResponseData");
            whole.expectEnd("the message");
            data.next(BY_KEY, "responderID");
            require(
                    time(data, "producedAt") == window.thisUpdate().getEpochSecond(),
                    "producedAt equals thisUpdate");
            checkSingles(data.inside(DerTag.SEQUENCE, "responses"), content.answers(), window);
            require(
                    data.nextIf(EXTENSIONS) == content.nonce().isPresent(),
                    "it carries a nonce only when asked");
            data.expectEnd("ResponseData");
        } catch (MalformedDerException e) {
            throw new IllegalStateException(
                    "a response is signed only if it is DER (KP-08): " + e.getMessage(), e);
        }
    }

    private static long time(DerReader in, String what) throws MalformedDerException {
        in.next(DerTag.GENERALIZED_TIME, what);
        return in.epochSecond();
    }

    private static void checkSingles(
            DerReader singles, List<SingleResponseContent> answers, ValidityWindow window)
            throws MalformedDerException {
        int answered = 0;
        while (singles.hasMore() && answered < answers.size()) {
            DerReader single = singles.inside(DerTag.SEQUENCE, "SingleResponse");
            checkSingle(single, answers.get(answered++), window);
        }
        require(!singles.hasMore() && answered == answers.size(), "it answers every CertID once");
    }

    private static void checkSingle(
            DerReader single, SingleResponseContent answer, ValidityWindow window)
            throws MalformedDerException {
        require(
                isSame(single.inside(DerTag.SEQUENCE, "CertID"), answer.certId()),
                "the CertID is the one asked");
        checkStatus(single, answer.status());
        require(
                time(single, "thisUpdate") == window.thisUpdate().getEpochSecond(),
                "the window is the one decided");
        DerReader nextUpdate = single.inside(NEXT_UPDATE, "nextUpdate");
        require(
                time(nextUpdate, "nextUpdate") == window.nextUpdate().getEpochSecond(),
                "the window is the one decided");
        nextUpdate.expectEnd("nextUpdate");
        single.nextIf(EXTENSIONS);
        single.expectEnd("SingleResponse");
    }

    /// Compares bytes; absent and NULL parameters are different (CI-07).
    private static boolean isSame(DerReader answered, CertId asked) throws MalformedDerException {
        DerReader algorithm = answered.inside(DerTag.SEQUENCE, "hashAlgorithm");
        boolean same = is(algorithm, DerTag.OBJECT_IDENTIFIER, oid(asked.hashAlgorithm()));
        if (asked.parameters() == DigestParameters.NULL) {
            same = same && algorithm.nextIf(DerTag.NULL) && algorithm.contentIs();
        }
        return same
                && !algorithm.hasMore()
                && is(answered, DerTag.OCTET_STRING, asked.issuerNameHash())
                && is(answered, DerTag.OCTET_STRING, asked.issuerKeyHash())
                && is(answered, DerTag.INTEGER, asked.serial().content())
                && !answered.hasMore();
    }

    private static boolean is(DerReader in, int tag, ByteString content)
            throws MalformedDerException {
        in.next(tag, "a part of the CertID");
        return in.contentIs(content);
    }

    private static void checkStatus(DerReader single, CertStatus status)
            throws MalformedDerException {
        require(single.nextTag() == tag(status), "the status is the one decided");
        single.next();
        if (status instanceof CertStatus.Revoked revoked) {
            require(
                    time(single.inside(), "revocationTime") == revoked.at().getEpochSecond(),
                    "the time of revocation is the one decided");
        } else {
            require(single.contentIs(), "the status is the one decided");
        }
    }

    private static int tag(CertStatus status) {
        return switch (status) {
            case CertStatus.Good _ -> GOOD;
            case CertStatus.Revoked _ -> REVOKED;
            case CertStatus.Unknown _ -> UNKNOWN;
        };
    }

    private static ByteString oid(HashAlgorithm hash) {
        return switch (hash) {
            case SHA1 -> SHA1;
            case SHA256 -> SHA256;
            case SHA384 -> SHA384;
            case SHA512 -> SHA512;
        };
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("a response is signed only if " + what + " (KP-08)");
        }
    }
}
