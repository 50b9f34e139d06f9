package org.precertocsp.signer;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerTag;

/// Reads files of certificates: PEM, with any text around it, or DER.
public final class CertificateFile {
    /// Far above any chain; limits the damage of a wrong path to a huge file.
    public static final int MAX_BYTES = 1 << 20;

    private CertificateFile() {}

    /// The first certificate in the file, which it is about; its chain may follow.
    ///
    /// @throws InvalidCertificateException as [#readAll]
    public static IssuerCertificate readFirst(Path file) throws InvalidCertificateException {
        return IssuerCertificate.parse(readAll(file).getFirst());
    }

    /// @return DER of each certificate, at least one
    /// @throws InvalidCertificateException if the file cannot be read, or contains none
    public static List<ByteString> readAll(Path file) throws InvalidCertificateException {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new InvalidCertificateException(
                        "%s is larger than the %d bytes allowed for certificates"
                                .formatted(file, MAX_BYTES),
                        null);
            }
            byte[] content = Files.readAllBytes(file);
            return content.length > 0 && content[0] == DerTag.SEQUENCE
                    ? List.of(ByteString.of(content))
                    : pem(file, new String(content, StandardCharsets.ISO_8859_1));
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidCertificateException("cannot read " + file + ": " + e, e);
        }
    }

    private static List<ByteString> pem(Path file, String text)
            throws IOException, InvalidCertificateException {
        List<ByteString> certificates = new ArrayList<>();
        try (PemReader reader = new PemReader(new StringReader(text))) {
            for (PemObject next = reader.readPemObject();
                    next != null;
                    next = reader.readPemObject()) {
                if (next.getType().equals("CERTIFICATE")
                        || next.getType().equals("X509 CERTIFICATE")) {
                    certificates.add(ByteString.of(next.getContent()));
                }
            }
        }
        if (certificates.isEmpty()) {
            throw new InvalidCertificateException(
                    file + " holds no certificate: neither DER nor a PEM block BEGIN CERTIFICATE",
                    null);
        }
        return certificates;
    }
}
