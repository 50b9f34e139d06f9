package org.precertocsp.responder.intake.certificate;

import java.util.Arrays;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerElement;
import org.precertocsp.der.DerTag;

/// Recognises content that is not a certificate, and names the remedy.
final class NonCertificateDetector {
    private static final ByteString SIGNED_DATA = ByteString.ofHex("06092a864886f70d010702");
    private static final ByteString PKCS7_DATA = ByteString.ofHex("06092a864886f70d010701");

    /// id-ct-precertificate of RFC 9162 §3.2, 1.3.101.78.
    private static final ByteString PRECERTIFICATE_V2 = ByteString.ofHex("06032b654e");

    private static final String CMS_PRECERTIFICATE =
            "an RFC 9162 precertificate (CMS): only those of RFC 6962 are read (CT-18)";
    private static final String PKCS7 =
            "a PKCS #7 message: extract its certificates first, with `openssl pkcs7 -print_certs`";
    private static final String UNKNOWN = "neither a certificate nor anything known";

    /// Number of bytes of a structure that are examined to name it.
    private static final int HEAD = 256;

    /// @param label of a PEM block, empty if it must not appear in messages
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
    static String byContent(ByteString head) {
        byte[] bytes = Arrays.copyOf(head.toArray(), Math.min(HEAD, head.length()));
        if (PRECERTIFICATE_V2.areIn(bytes) && SIGNED_DATA.areIn(bytes)) {
            return CMS_PRECERTIFICATE;
        }
        if (SIGNED_DATA.areIn(bytes)) {
            return PKCS7;
        }
        if (PKCS7_DATA.areIn(bytes)) {
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

    private NonCertificateDetector() {}
}
