package org.precertocsp.responder.intake.crl;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;

/// The shared vectors, in the folder the environment names.
final class Vectors {
    private Vectors() {}

    static Path path(String name) {
        return Path.of(System.getenv("PRECERT_OCSP_VECTORS")).resolve(name);
    }

    static List<Path> files(String folder) {
        try (Stream<Path> files = Files.walk(path(folder))) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Every certificate there is, as an issuer of profile `private`.
    static ConfiguredIssuer.Directory issuers() {
        Map<IssuerKey, List<IssuerCertificate>> byKey = new LinkedHashMap<>();
        for (String folder : List.of("certs", "pairs", "ct/issuers")) {
            for (Path file : files(folder)) {
                certificate(file)
                        .ifPresent(
                                certificate ->
                                        byKey.computeIfAbsent(
                                                        certificate.key(), _ -> new ArrayList<>())
                                                .add(certificate));
            }
        }
        List<ConfiguredIssuer> issuers = new ArrayList<>();
        for (List<IssuerCertificate> certificates : byKey.values()) {
            issuers.add(
                    new ConfiguredIssuer(
                            "issuer " + issuers.size(), certificates, IssuerProfile.PRIVATE));
        }
        return new ConfiguredIssuer.Directory(issuers);
    }

    /// Empty for the files that are none, of which there are many.
    static Optional<IssuerCertificate> certificate(Path file) {
        try {
            byte[] content = Files.readAllBytes(file);
            String text = new String(content, StandardCharsets.ISO_8859_1);
            if (text.contains("-----BEGIN")) {
                try (PemReader reader = new PemReader(new StringReader(text))) {
                    PemObject first = reader.readPemObject();
                    content = first == null ? new byte[0] : first.getContent();
                }
            }
            return Optional.of(IssuerCertificate.parse(ByteString.of(content)));
        } catch (InvalidCertificateException | IOException e) {
            return Optional.empty();
        }
    }
}
