package org.precertocsp.responder.cli;

import java.nio.file.Path;
import java.security.PublicKey;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.responder.config.ServerConfig.Issuer;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.CertificateProblem;
import org.precertocsp.signer.CredentialSource;
import org.precertocsp.signer.IssuerCertificate;
import org.precertocsp.signer.key.KeyFailure;
import org.precertocsp.signer.key.KeyReport;
import org.precertocsp.signer.key.Keys;

/// The output of `key inspect` for one issuer's key.
///
/// @param facts by their names in JSON, in the order they are printed; the first is the issuer
/// @param failed true if this key cannot sign as configured
record KeySheet(Map<String, Object> facts, boolean failed) {
    static KeySheet of(Issuer issuer, KeyInspection keys) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("issuer", issuer.name());
        facts.put("profile", issuer.profile().name());
        if (issuer.credential().isEmpty()) {
            facts.put("key", "none: loaded but not answered for");
            return new KeySheet(facts, false);
        }
        CredentialSource credential = issuer.credential().get();
        boolean failed = false;
        try {
            IssuerCertificate certificate = certificate(issuer, credential);
            addCertificate(facts, certificate);
            addKey(facts, keys.inspect(credential.key(), expected(certificate)));
        } catch (KeyFailure | CertificateProblem e) {
            failed = true;
            facts.put("error", String.valueOf(e.getMessage()));
            facts.put("warnings", Keys.warnings(credential.key().source()));
        }
        return new KeySheet(facts, failed);
    }

    /// A paragraph for people.
    String text() {
        List<String> lines = new ArrayList<>();
        facts.forEach(
                (name, value) -> {
                    if (value instanceof List<?> several) {
                        several.forEach(it -> lines.add(line("warning", it)));
                    } else if (name.equals("issuer")) {
                        lines.add(String.valueOf(value));
                    } else {
                        lines.add(line(words(name), value));
                    }
                });
        return String.join(System.lineSeparator(), lines) + System.lineSeparator();
    }

    private static Optional<PublicKey> expected(IssuerCertificate certificate) {
        return Optional.of(certificate.publicKey());
    }

    private static void addKey(Map<String, Object> facts, KeyReport key) {
        facts.put("source", key.source());
        facts.put("kind", key.kind());
        facts.put("signature", key.scheme().name());
        facts.put("computedBy", key.computedBy());
        facts.put("spkiSha256", key.spkiSha256().toHex());
        facts.put("responderId", key.keyHash().toHex());
        facts.put("warnings", key.warnings());
    }

    private static void addCertificate(Map<String, Object> facts, IssuerCertificate certificate) {
        facts.put("certificate", certificate.subject());
        facts.put(
                "certificateEnd",
                certificate.notAfter().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    private static IssuerCertificate certificate(Issuer issuer, CredentialSource credential)
            throws CertificateProblem {
        Path file = credential.certificate().orElseGet(issuer.certificates()::getFirst);
        return CertificateFile.readFirst(file);
    }

    private static String words(String name) {
        return name.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
    }

    private static String line(String name, Object value) {
        return "  %-16s %s".formatted(name, value);
    }
}
