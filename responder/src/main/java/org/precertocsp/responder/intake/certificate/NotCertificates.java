package org.precertocsp.responder.intake.certificate;

import java.util.Arrays;
import org.precertocsp.der.DerElement;
import org.precertocsp.der.DerTag;
import org.precertocsp.ocsp.Octets;

/// What else people feed, and what to do with it.
final class NotCertificates {
    private static final byte[] SIGNED_DATA = oid("06092a864886f70d010702");
    private static final byte[] PKCS7_DATA = oid("06092a864886f70d010701");

    /// id-ct-precertificate of RFC 9162 §3.2, 1.3.101.78.
    private static final byte[] PRECERTIFICATE_V2 = oid("06032b654e");

    private static final String CMS_PRECERTIFICATE =
            "an RFC 9162 precertificate (CMS): only those of RFC 6962 are read (CT-18)";
    private static final String PKCS7 =
            "a PKCS #7 message: extract its certificates first, with `openssl pkcs7 -print_certs`";
    private static final String UNKNOWN = "neither a certificate nor anything known";

    /// Only so much of a structure is looked at to name it.
    private static final int HEAD = 256;

    private static byte[] oid(String hex) {
        return Octets.ofHex(hex).toArray();
    }

    /// @param label of a PEM block, empty if it is not to be repeated
    static String byLabel(String label) {
        if (label.contains("PRIVATE KEY")) {
            return "a private key: it was not read; keep keys out of feeds";
        }
        return switch (label) {
            case "" -> "a block whose BEGIN line is broken";
            case "X509 CRL" -> "a CRL: `load crl` reads it";
            case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST" ->
                    "a certificate request: no serial is assigned by it";
            default -> "not a certificate but " + label;
        };
    }

    /// @param head the beginning of a DER or BER structure
    static String byContent(Octets head) {
        byte[] octets = Arrays.copyOf(head.toArray(), Math.min(HEAD, head.length()));
        if (contains(octets, PRECERTIFICATE_V2) && contains(octets, SIGNED_DATA)) {
            return CMS_PRECERTIFICATE;
        }
        if (contains(octets, SIGNED_DATA)) {
            return PKCS7;
        }
        if (contains(octets, PKCS7_DATA)) {
            return "a PKCS #12 file: export its certificates first";
        }
        return UNKNOWN;
    }

    /// A certificate's first part is a sequence; keys, CMS and PKCS #12 begin with something else.
    static boolean mayBeCertificate(DerElement element) {
        return element.is(DerTag.SEQUENCE)
                && element.contentLength() > 0
                && element.contentAt(0) == DerTag.SEQUENCE;
    }

    static boolean contains(byte[] octets, byte[] wanted) {
        for (int i = 0; i <= octets.length - wanted.length; i++) {
            if (Arrays.equals(octets, i, i + wanted.length, wanted, 0, wanted.length)) {
                return true;
            }
        }
        return false;
    }

    private NotCertificates() {}
}
