package org.precertocsp.responder.intake.certificate;

import java.io.ByteArrayOutputStream;
import java.util.List;
import org.precertocsp.ocsp.Octets;

/// One extension of a certificate, its octets as issued.
///
/// @param element the whole Extension
/// @param oid content of the extnID
/// @param value the extnValue, an OCTET STRING
record RawExtension(DerElement element, Octets oid, boolean critical, DerElement value) {
    /// The poison of RFC 6962 §3.1, 1.3.6.1.4.1.11129.2.4.3.
    static final Octets POISON = Octets.ofHex("2b06010401d679020403");

    /// The embedded SCT list of RFC 6962 §3.3, 1.3.6.1.4.1.11129.2.4.2.
    static final Octets SCT_LIST = Octets.ofHex("2b06010401d679020402");

    static final Octets BASIC_CONSTRAINTS = Octets.ofHex("551d13");
    static final Octets AUTHORITY_KEY_IDENTIFIER = Octets.ofHex("551d23");
    static final Octets EXTENDED_KEY_USAGE = Octets.ofHex("551d25");

    static RawExtension read(DerElement element) throws MalformedDer {
        List<DerElement> parts = element.expect(DerElement.SEQUENCE, "extension").children();
        if (parts.size() < 2 || parts.size() > 3) {
            throw new MalformedDer("no extension at octet " + element.start());
        }
        DerElement oid = parts.getFirst().expect(DerElement.OBJECT_IDENTIFIER, "extension name");
        DerElement value = parts.getLast().expect(DerElement.OCTET_STRING, "extension value");
        boolean critical = parts.size() == 3 && isTrue(parts.get(1));
        return new RawExtension(element, oid.content(), critical, value);
    }

    private static boolean isTrue(DerElement flag) throws MalformedDer {
        flag.expect(DerElement.BOOLEAN, "critical flag");
        return flag.contentLength() == 1 && flag.contentAt(0) != 0;
    }

    /// The same extension, criticality kept, around another value.
    ///
    /// @param octetString tag, length and content of the value
    byte[] withValue(Octets octetString) throws MalformedDer {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        List<DerElement> parts = element.children();
        for (DerElement part : parts.subList(0, parts.size() - 1)) {
            part.writeTo(content);
        }
        content.writeBytes(octetString.toArray());
        return DerElement.encode(DerElement.SEQUENCE, content.toByteArray());
    }
}
