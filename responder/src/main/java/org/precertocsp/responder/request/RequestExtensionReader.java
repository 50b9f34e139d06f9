package org.precertocsp.responder.request;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerReader;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.Nonce;

/// Reads one list of extensions (RFC 5280 §4.1), keeping the nonce.
///
/// Extensions that are neither critical nor a nonce are ignored; a critical one must be supported
/// (NO-07), and two are: the nonce, and acceptableResponses if it includes the only type there is
/// (RFC 6960 §4.4.3). Preferred signature algorithms (RFC 6960 §4.4.7) are advisory, so they are
/// rejected only if a client marks them critical.
final class RequestExtensionReader {
    /// Honest clients send up to three.
    private static final int MAX_EXTENSIONS = 32;

    static final ByteString NONCE = ByteString.ofHex("2b0601050507300102");
    private static final ByteString ACCEPTABLE_RESPONSES = ByteString.ofHex("2b0601050507300104");
    private static final ByteString BASIC_RESPONSE = ByteString.ofHex("2b0601050507300101");

    private final DerReader der;
    private final boolean nonceBelongs;
    private final Set<ByteString> seen = new HashSet<>();
    private @Nullable Nonce nonce;

    private RequestExtensionReader(DerReader der, boolean nonceBelongs) {
        this.der = der;
        this.nonceBelongs = nonceBelongs;
    }

    /// Reads the requestExtensions if they are next.
    ///
    /// @return the nonce, if there is one to repeat
    static Optional<Nonce> ofRequest(DerReader der) throws MalformedDerException {
        RequestExtensionReader reader = new RequestExtensionReader(der, true);
        reader.read(DerTag.context(2), "requestExtensions");
        return Optional.ofNullable(reader.nonce);
    }

    /// Reads the singleRequestExtensions if they are next. RFC 6960 defines none that an
    /// authoritative responder needs.
    static void ofSingleRequest(DerReader der) throws MalformedDerException {
        new RequestExtensionReader(der, false).read(DerTag.context(0), "singleRequestExtensions");
    }

    /// An empty list violates RFC 5280, but requests nothing and hides nothing: tolerated.
    private void read(int tag, String what) throws MalformedDerException {
        if (!der.nextIs(tag)) {
            return;
        }
        int outer = der.enter(tag, what);
        int list = der.enter(DerTag.SEQUENCE, what);
        while (der.hasMore()) {
            readExtension();
        }
        der.leave(list, what);
        der.leave(outer, what);
    }

    private void readExtension() throws MalformedDerException {
        int outer = der.enter(DerTag.SEQUENCE, "Extension");
        der.nextOid("extnID");
        ByteString id = der.content();
        boolean critical = readCritical();
        int valueEnd = der.enter(DerTag.OCTET_STRING, "extnValue");
        if (!seen.add(id)) {
            throw new MalformedDerException("an extension twice (RFC 5280 §4.2)");
        }
        if (seen.size() > MAX_EXTENSIONS) {
            throw new MalformedDerException("more than " + MAX_EXTENSIONS + " extensions");
        }
        if (nonceBelongs && id.equals(NONCE)) {
            nonce = readNonce(critical);
        } else if (critical) {
            readCriticalValue(id);
        } else {
            der.skipRest();
        }
        der.leave(valueEnd, "extnValue");
        der.leave(outer, "Extension");
    }

    /// An explicit FALSE is the default and so not DER, but some clients encode it.
    private boolean readCritical() throws MalformedDerException {
        if (!der.nextIf(DerTag.BOOLEAN)) {
            return false;
        }
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
    private @Nullable Nonce readNonce(boolean critical) throws MalformedDerException {
        ByteString value = der.rest();
        ByteString wrapped = octetString(value);
        ByteString bytes = wrapped == null ? value : wrapped;
        if (bytes.length() == 0 || bytes.length() > Nonce.MAX_OCTETS) {
            throw new MalformedDerException(
                    "a nonce of " + bytes.length() + " octets (RFC 9654 §2.1)");
        }
        if (wrapped != null) {
            return new Nonce(wrapped);
        }
        if (critical) {
            throw new MalformedDerException(
                    "a critical nonce that is no OCTET STRING (RFC 9654 §2.1)");
        }
        return null;
    }

    private static @Nullable ByteString octetString(ByteString value) {
        DerReader inner = DerReader.strict(value.toArray());
        try {
            inner.next(DerTag.OCTET_STRING, "Nonce");
            return inner.hasMore() ? null : inner.content();
        } catch (MalformedDerException _) {
            return null;
        }
    }

    private void readCriticalValue(ByteString id) throws MalformedDerException {
        if (!id.equals(ACCEPTABLE_RESPONSES)) {
            throw new MalformedDerException(
                    "a critical extension not understood: OID octets " + id);
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
