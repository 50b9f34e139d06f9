package org.precertocsp.responder.admin;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerTag;

/// Decodes one certificate as callers send it: DER, PEM or base64 of DER.
public final class CertificateDecoder {
    private static final Pattern PEM =
            Pattern.compile(
                    "-----BEGIN (?:X509 )?CERTIFICATE-----([A-Za-z0-9+/=\\s]+)-----END (?:X509"
                            + " )?CERTIFICATE-----");

    private CertificateDecoder() {}

    /// @throws ApiException it is neither, or several
    public static ByteString der(byte[] body) throws ApiException {
        return body.length > 0 && body[0] == DerTag.SEQUENCE
                ? ByteString.of(body)
                : der(new String(body, StandardCharsets.ISO_8859_1));
    }

    /// @throws ApiException as above
    public static ByteString der(String text) throws ApiException {
        Matcher pem = PEM.matcher(text);
        boolean isPem = pem.find();
        String base64 = isPem ? pem.group(1) : text;
        if (isPem && pem.find()) {
            throw ApiException.field(
                    "certificate", "holds several: send the one that is submitted, without chain");
        }
        try {
            return ByteString.of(Base64.getDecoder().decode(base64.replaceAll("\\s", "")));
        } catch (IllegalArgumentException _) {
            throw ApiException.field(
                    "certificate", "neither DER nor PEM (BEGIN CERTIFICATE) nor base64 of DER");
        }
    }
}
