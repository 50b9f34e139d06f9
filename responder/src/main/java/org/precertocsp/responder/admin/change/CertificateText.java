package org.precertocsp.responder.admin.change;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.precertocsp.der.DerTag;
import org.precertocsp.ocsp.Octets;

/// One certificate as callers write it: DER, PEM or base64 of DER.
public final class CertificateText {
    private static final Pattern PEM =
            Pattern.compile(
                    "-----BEGIN (?:X509 )?CERTIFICATE-----([A-Za-z0-9+/=\\s]+)-----END (?:X509"
                            + " )?CERTIFICATE-----");

    private CertificateText() {}

    /// @throws Objection it is neither, or several
    public static Octets der(byte[] body) throws Objection {
        return body.length > 0 && body[0] == DerTag.SEQUENCE
                ? Octets.of(body)
                : der(new String(body, StandardCharsets.ISO_8859_1));
    }

    /// @throws Objection as above
    public static Octets der(String text) throws Objection {
        Matcher pem = PEM.matcher(text);
        boolean isPem = pem.find();
        String base64 = isPem ? pem.group(1) : text;
        if (isPem && pem.find()) {
            throw Objection.field(
                    "certificate", "holds several: send the one that is submitted, without chain");
        }
        try {
            return Octets.of(Base64.getDecoder().decode(base64.replaceAll("\\s", "")));
        } catch (IllegalArgumentException _) {
            throw Objection.field(
                    "certificate", "neither DER nor PEM (BEGIN CERTIFICATE) nor base64 of DER");
        }
    }
}
