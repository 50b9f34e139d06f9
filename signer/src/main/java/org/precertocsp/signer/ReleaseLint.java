package org.precertocsp.signer;

import java.util.List;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.ValidityWindow;

/// Reads back what is about to be signed and compares it with what was to be said (KP-08): what has
/// been signed could be released by anyone who sees it.
///
/// Shares nothing with what made the bytes: it walks through the DER with a reader and a table of
/// its own. A difference is a defect of this program, never of the request: it throws
/// [IllegalStateException], and no answer is better than a wrong one.
final class ReleaseLint {
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int NULL = 0x05;
    private static final int GOOD = 0x80;
    private static final int REVOKED = 0xA1;
    private static final int UNKNOWN = 0x82;
    private static final int BY_KEY = 0xA2;
    private static final int NEXT_UPDATE = 0xA0;
    private static final int EXTENSIONS = 0xA1;

    private static final Octets NOTHING = Octets.of();
    private static final Octets SHA1 = Octets.ofHex("2b0e03021a");
    private static final Octets SHA256 = Octets.ofHex("608648016503040201");
    private static final Octets SHA384 = Octets.ofHex("608648016503040202");
    private static final Octets SHA512 = Octets.ofHex("608648016503040203");

    private ReleaseLint() {}

    /// @param message DER of the ResponseData
    static void check(byte[] message, ResponseContent content, ValidityWindow window) {
        try {
            DerReader whole = new DerReader(message);
            DerReader data = whole.enter(DerWriter.SEQUENCE);
            whole.expectEnd();
            data.skip(BY_KEY);
            require(
                    data.time() == window.thisUpdate().getEpochSecond(),
                    "producedAt equals thisUpdate");
            checkSingles(data.enter(DerWriter.SEQUENCE), content.answers(), window);
            require(
                    skipExtensions(data) == content.nonce().isPresent(),
                    "it carries a nonce only when asked");
            data.expectEnd();
        } catch (DerReader.Malformed e) {
            throw new IllegalStateException(
                    "a response is signed only if it is DER (KP-08): " + e.getMessage(), e);
        }
    }

    private static void checkSingles(
            DerReader singles, List<SingleAnswer> answers, ValidityWindow window) {
        int answered = 0;
        while (!singles.atEnd() && answered < answers.size()) {
            checkSingle(singles.enter(DerWriter.SEQUENCE), answers.get(answered++), window);
        }
        require(singles.atEnd() && answered == answers.size(), "it answers every CertID once");
    }

    private static void checkSingle(DerReader single, SingleAnswer answer, ValidityWindow window) {
        require(
                isSame(single.enter(DerWriter.SEQUENCE), answer.certId()),
                "the CertID is the one asked");
        checkStatus(single, answer.status());
        require(
                single.time() == window.thisUpdate().getEpochSecond(),
                "the window is the one decided");
        DerReader nextUpdate = single.enter(NEXT_UPDATE);
        require(
                nextUpdate.time() == window.nextUpdate().getEpochSecond(),
                "the window is the one decided");
        nextUpdate.expectEnd();
        skipExtensions(single);
        single.expectEnd();
    }

    /// By their octets, absent and NULL parameters told apart (CI-07).
    private static boolean isSame(DerReader answered, CertId asked) {
        DerReader algorithm = answered.enter(DerWriter.SEQUENCE);
        boolean same = algorithm.take(OBJECT_IDENTIFIER, oid(asked.hashAlgorithm()));
        if (asked.parameters() == DigestParameters.NULL) {
            same = same && algorithm.nextTag() == NULL && algorithm.take(NULL, NOTHING);
        }
        return same
                && algorithm.atEnd()
                && answered.take(DerWriter.OCTET_STRING, asked.issuerNameHash())
                && answered.take(DerWriter.OCTET_STRING, asked.issuerKeyHash())
                && answered.take(DerWriter.INTEGER, asked.serial().content())
                && answered.atEnd();
    }

    private static void checkStatus(DerReader single, CertStatus status) {
        require(single.nextTag() == tag(status), "the status is the one decided");
        if (status instanceof CertStatus.Revoked revoked) {
            require(
                    single.enter(REVOKED).time() == revoked.at().getEpochSecond(),
                    "the time of revocation is the one decided");
        } else {
            require(single.take(tag(status), NOTHING), "the status is the one decided");
        }
    }

    private static int tag(CertStatus status) {
        return switch (status) {
            case CertStatus.Good _ -> GOOD;
            case CertStatus.Revoked _ -> REVOKED;
            case CertStatus.Unknown _ -> UNKNOWN;
        };
    }

    private static Octets oid(HashAlgorithm hash) {
        return switch (hash) {
            case SHA1 -> SHA1;
            case SHA256 -> SHA256;
            case SHA384 -> SHA384;
            case SHA512 -> SHA512;
        };
    }

    private static boolean skipExtensions(DerReader in) {
        if (in.atEnd()) {
            return false;
        }
        in.skip(EXTENSIONS);
        return true;
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("a response is signed only if " + what + " (KP-08)");
        }
    }
}
