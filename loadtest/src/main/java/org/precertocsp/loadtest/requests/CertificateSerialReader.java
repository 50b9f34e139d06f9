package org.precertocsp.loadtest.requests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;

/// Reads serials from certificates and precertificates; those of other issuers are skipped, so that
/// a file may contain whole chains.
public final class CertificateSerialReader {
    private static final Set<String> ENDINGS = Set.of("pem", "crt", "cer", "der");

    private CertificateSerialReader() {}

    /// @param paths files, or directories that are searched for files with certificate extensions
    /// @throws IOException if one cannot be read, or none is of the issuer
    public static SerialTable read(IssuerCertificate issuer, List<Path> paths) throws IOException {
        PackedSerialTable.Builder serials = SerialTable.builder();
        X500Name name = issuer.holder().getSubject();
        for (Path path : paths) {
            for (Path file : files(path)) {
                for (ByteString der : certificates(file)) {
                    X509CertificateHolder certificate = new X509CertificateHolder(der.toArray());
                    if (certificate.getIssuer().equals(name) && !isIssuer(issuer, der)) {
                        serials.add(
                                Serial.of(certificate.getSerialNumber()), ExpectedStatus.ASSIGNED);
                    }
                }
            }
        }
        SerialTable table = serials.build();
        if (table.size() == 0) {
            throw new IOException(
                    "no certificate of %s in %s; does --issuer name their issuer?"
                            .formatted(issuer.subject(), paths));
        }
        return table;
    }

    private static boolean isIssuer(IssuerCertificate issuer, ByteString der) {
        return issuer.der().equals(der);
    }

    private static List<ByteString> certificates(Path file) throws IOException {
        try {
            return CertificateFile.readAll(file);
        } catch (InvalidCertificateException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static List<Path> files(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> found = Files.walk(path)) {
            return found.filter(Files::isRegularFile)
                    .filter(CertificateSerialReader::endsAsCertificate)
                    .sorted()
                    .toList();
        }
    }

    private static boolean endsAsCertificate(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1));
    }
}
