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
import org.precertocsp.der.DerTag;
import org.precertocsp.ocsp.Octets;

/// Reads files of certificates, PEM among whatever text, or DER.
public final class CertificateFile {
    /// Far above any chain, so that a wrong path to something huge is no danger.
    public static final int MAX_BYTES = 1 << 20;

    private CertificateFile() {}

    /// The file's first certificate, the one such a file is about; its chain may follow it.
    ///
    /// @throws CertificateProblem as [#readAll]
    public static IssuerCertificate readFirst(Path file) throws CertificateProblem {
        return IssuerCertificate.parse(readAll(file).getFirst());
    }

    /// @return DER of each certificate, at least one
    /// @throws CertificateProblem if the file cannot be read, or holds none
    public static List<Octets> readAll(Path file) throws CertificateProblem {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new CertificateProblem(
                        "%s is larger than the %d bytes allowed for certificates"
                                .formatted(file, MAX_BYTES),
                        null);
            }
            byte[] content = Files.readAllBytes(file);
            return content.length > 0 && content[0] == DerTag.SEQUENCE
                    ? List.of(Octets.of(content))
                    : pem(file, new String(content, StandardCharsets.ISO_8859_1));
        } catch (IOException | IllegalArgumentException e) {
            throw new CertificateProblem("cannot read " + file + ": " + e, e);
        }
    }

    private static List<Octets> pem(Path file, String text) throws IOException, CertificateProblem {
        List<Octets> certificates = new ArrayList<>();
        try (PemReader reader = new PemReader(new StringReader(text))) {
            for (PemObject next = reader.readPemObject();
                    next != null;
                    next = reader.readPemObject()) {
                if (next.getType().equals("CERTIFICATE")
                        || next.getType().equals("X509 CERTIFICATE")) {
                    certificates.add(Octets.of(next.getContent()));
                }
            }
        }
        if (certificates.isEmpty()) {
            throw new CertificateProblem(
                    file + " holds no certificate: neither DER nor a PEM block BEGIN CERTIFICATE",
                    null);
        }
        return certificates;
    }
}
