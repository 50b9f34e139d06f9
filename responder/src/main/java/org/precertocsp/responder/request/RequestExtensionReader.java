package org.precertocsp.responder.request;

import java.util.Arrays;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerReader;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.Nonce;

/// Reads the lists of extensions of a request (RFC 5280 §4.1), keeping the position of the nonce.
///
/// Extensions that are neither critical nor a nonce are ignored; a critical one must be supported
/// (NO-07), and two are: the nonce, and acceptableResponses if it includes the only type there is
/// (RFC 6960 §4.4.3). Preferred signature algorithms (RFC 6960 §4.4.7) are advisory, so they are
/// rejected only if a client marks them critical.
final class RequestExtensionReader {
    /// In one list; honest clients send up to three.
    private static final int MAX_EXTENSIONS = 32;

    private static final ByteString NONCE = ByteString.ofHex("2b0601050507300102");
    private static final ByteString ACCEPTABLE_RESPONSES = ByteString.ofHex("2b0601050507300104");
    private static final ByteString BASIC_RESPONSE = ByteString.ofHex("2b0601050507300101");

    private final DerReader der;
    private final DerReader inner = DerReader.strict(new byte[0]);

    // The extensions of the current list: where their OIDs begin and end.
    private final int[] starts = new int[MAX_EXTENSIONS];
    private final int[] ends = new int[MAX_EXTENSIONS];
    private int count;

    private boolean isUsual;
    private boolean hasNonce;
    private int nonceOffset;
    private int nonceLength;

    /// @param der stands before the extensions, if there are any
    RequestExtensionReader(DerReader der) {
        this.der = der;
    }

    /// Forgets the previous request.
    void reset() {
        hasNonce = false;
    }

    /// Reads the requestExtensions if they are next.
    ///
    /// @return true if there are none, or only a nonce in the form of RFC 9654
    boolean readOfRequest() throws MalformedDerException {
        return read(DerTag.context(2), "requestExtensions", true);
    }

    /// Reads the singleRequestExtensions if they are next. RFC 6960 defines none that an
    /// authoritative responder needs.
    ///
    /// @return true if there are none
    boolean readOfSingleRequest() throws MalformedDerException {
        return read(DerTag.context(0), "singleRequestExtensions", false);
    }

    /// Whether there is a nonce to repeat.
    boolean hasNonce() {
        return hasNonce;
    }

    Optional<Nonce> nonce() {
        return hasNonce
                ? Optional.of(new Nonce(ByteString.of(der.source(), nonceOffset, nonceLength)))
                : Optional.empty();
    }

    /// An empty list violates RFC 5280, but requests nothing and hides nothing: tolerated.
    private boolean read(int tag, String what, boolean nonceBelongs) throws MalformedDerException {
        if (!der.nextIf(tag)) {
            return true;
        }
        count = 0;
        isUsual = true;
        int outer = der.enter();
        int list = der.enter(DerTag.SEQUENCE, what);
        while (der.hasMore()) {
            readExtension(nonceBelongs);
        }
        der.leave(list, what);
        der.leave(outer, what);
        return isUsual && nonceBelongs && count == 1;
    }

    private void readExtension(boolean nonceBelongs) throws MalformedDerException {
        int outer = der.enter(DerTag.SEQUENCE, "Extension");
        der.nextOid("extnID");
        boolean isNonce = nonceBelongs && der.contentIs(NONCE);
        keepId(der.contentStart(), der.position());
        boolean critical = readCritical();
        int valueEnd = der.enter(DerTag.OCTET_STRING, "extnValue");
        if (isNonce) {
            readNonce(critical);
        } else {
            isUsual = false;
            if (critical) {
                readCriticalValue();
            } else {
                der.skipRest();
            }
        }
        der.leave(valueEnd, "extnValue");
        der.leave(outer, "Extension");
    }

    private void keepId(int start, int end) throws MalformedDerException {
        byte[] source = der.source();
        for (int i = 0; i < count; i++) {
            if (Arrays.equals(source, starts[i], ends[i], source, start, end)) {
                throw new MalformedDerException("an extension twice (RFC 5280 §4.2)");
            }
        }
        if (count == MAX_EXTENSIONS) {
            throw new MalformedDerException("more than " + MAX_EXTENSIONS + " extensions");
        }
        starts[count] = start;
        ends[count] = end;
        count++;
    }

    /// An explicit FALSE is the default and so not DER, but some clients encode it.
    private boolean readCritical() throws MalformedDerException {
        if (!der.nextIf(DerTag.BOOLEAN)) {
            return false;
        }
        isUsual = false;
        boolean critical = der.contentIs((byte) 0xff);
        if (!critical && !der.contentIs((byte) 0)) {
            throw der.malformed("a critical flag that is neither true nor false");
        }
        return critical;
    }

    /// RFC 2560 left the syntax open, so old clients put the bare bytes where RFC 6960 requires an
    /// OCTET STRING (NO-05). Such a nonce is not recognised and is ignored like any other
    /// non-critical extension, since a rejection would leave the client without an answer. Lengths
    /// outside 1 to 128 are malformed in either form (NO-04).
    private void readNonce(boolean critical) throws MalformedDerException {
        nonceOffset = der.position();
        der.skipRest();
        nonceLength = der.position() - nonceOffset;
        hasNonce = isOctetString(nonceOffset, nonceLength);
        if (hasNonce) {
            nonceOffset = inner.contentStart();
            nonceLength = inner.contentLength();
        }
        if (nonceLength == 0 || nonceLength > Nonce.MAX_BYTES) {
            throw new MalformedDerException("a nonce of " + nonceLength + " bytes (RFC 9654 §2.1)");
        }
        if (!hasNonce) {
            isUsual = false;
            if (critical) {
                throw new MalformedDerException(
                        "a critical nonce that is not an OCTET STRING (RFC 9654 §2.1)");
            }
        }
    }

    private boolean isOctetString(int offset, int length) {
        inner.reset(der.source(), offset, length);
        try {
            return inner.nextIf(DerTag.OCTET_STRING) && !inner.hasMore();
        } catch (MalformedDerException _) {
            return false;
        }
    }

    private void readCriticalValue() throws MalformedDerException {
        int start = starts[count - 1];
        int length = ends[count - 1] - start;
        if (!ACCEPTABLE_RESPONSES.isAt(der.source(), start, length)) {
            throw new MalformedDerException(
                    "a critical extension not understood: OID bytes "
                            + ByteString.of(der.source(), start, length));
        }
        boolean basic = false;
        int outer = der.enter(DerTag.SEQUENCE, "AcceptableResponses");
        while (der.hasMore()) {
            der.nextOid("type");
            basic |= der.contentIs(BASIC_RESPONSE);
        }
        der.leave(outer, "AcceptableResponses");
        if (!basic) {
            throw new MalformedDerException("no acceptable response type (RFC 6960 §4.4.3)");
        }
    }
}
