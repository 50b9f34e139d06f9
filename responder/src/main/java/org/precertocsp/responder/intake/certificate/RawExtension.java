package org.precertocsp.responder.intake.certificate;

import java.io.ByteArrayOutputStream;
import java.util.List;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerElement;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.der.MalformedDerException;

/// One extension of a certificate, its bytes as issued.
///
/// @param element the whole Extension
/// @param oid content of the extnID; empty if it cannot be read
/// @param value the extnValue, an OCTET STRING unless it cannot be read
record RawExtension(DerElement element, ByteString oid, boolean critical, DerElement value) {
    /// The poison of RFC 6962 §3.1, 1.3.6.1.4.1.11129.2.4.3.
    static final ByteString POISON = ByteString.ofHex("2b06010401d679020403");

    /// The embedded SCT list of RFC 6962 §3.3, 1.3.6.1.4.1.11129.2.4.2.
    static final ByteString SCT_LIST = ByteString.ofHex("2b06010401d679020402");

    static final ByteString BASIC_CONSTRAINTS = ByteString.ofHex("551d13");
    static final ByteString AUTHORITY_KEY_IDENTIFIER = ByteString.ofHex("551d23");
    static final ByteString EXTENDED_KEY_USAGE = ByteString.ofHex("551d25");

    private static final ByteString UNREADABLE = ByteString.of();

    /// Parses as much as possible: a certificate that the CA signed counts whatever its extensions
    /// are.
    static RawExtension read(DerElement element) {
        try {
            if (element.is(DerTag.SEQUENCE)) {
                List<DerElement> parts = element.children();
                if (!parts.isEmpty() && parts.getFirst().is(DerTag.OBJECT_IDENTIFIER)) {
                    boolean critical = parts.size() > 1 && parts.get(1).isTrue();
                    return new RawExtension(
                            element, parts.getFirst().content(), critical, parts.getLast());
                }
            }
        } catch (MalformedDerException _) {
            // Then it has no parts.
        }
        return new RawExtension(element, UNREADABLE, false, element);
    }

    /// Whether it has an identifier and a value.
    boolean isReadable() {
        return !oid.equals(UNREADABLE) && value.is(DerTag.OCTET_STRING);
    }

    /// The same extension, criticality included, with another value.
    ///
    /// @param octetString tag, length and content of the value
    byte[] withValue(ByteString octetString) throws MalformedDerException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        List<DerElement> parts = element.children();
        for (DerElement part : parts.subList(0, parts.size() - 1)) {
            part.writeTo(content);
        }
        content.writeBytes(octetString.toArray());
        return DerWriter.encode(DerTag.SEQUENCE, content.toByteArray());
    }
}
