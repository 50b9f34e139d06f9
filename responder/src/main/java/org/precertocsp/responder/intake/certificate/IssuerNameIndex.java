package org.precertocsp.responder.intake.certificate;

import java.io.IOException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.signer.IssuerCertificate;

/// The configured issuers by name, for fast lookup.
final class IssuerNameIndex {
    private final ConfiguredIssuer.Directory directory;
    private final Map<ByteString, List<ConfiguredIssuer>> byName = new HashMap<>();
    private final Map<ByteString, ConfiguredIssuer> certifiedBy = new HashMap<>();

    IssuerNameIndex(ConfiguredIssuer.Directory directory) {
        this.directory = directory;
        for (ConfiguredIssuer issuer : directory.issuers()) {
            byName.computeIfAbsent(issuer.subjectName(), _ -> new ArrayList<>()).add(issuer);
            for (IssuerCertificate certificate : issuer.certificates()) {
                certifiedBy.putIfAbsent(issuerName(certificate), issuer);
            }
        }
    }

    private static ByteString issuerName(IssuerCertificate certificate) {
        try {
            return ByteString.of(certificate.holder().getIssuer().getEncoded());
        } catch (IOException e) {
            throw new IllegalStateException("a parsed name encodes again", e);
        }
    }

    /// The issuers with exactly this subject name, byte for byte: several after a key rollover.
    List<ConfiguredIssuer> named(ByteString name) {
        return byName.getOrDefault(name, List.of());
    }

    /// The issuer that the certificate names and whose key signed it.
    Optional<ConfiguredIssuer> signerOf(RawCertificate certificate) {
        return named(certificate.issuerName()).stream()
                .filter(
                        i ->
                                CertificateSignatureVerifier.problem(certificate, publicKey(i))
                                        .isEmpty())
                .findFirst();
    }

    private static PublicKey publicKey(ConfiguredIssuer issuer) {
        return issuer.certificate().publicKey();
    }

    /// The issuer whose name is equivalent but encoded in different bytes: clients would hash it to
    /// another CertID (CI-01), so it does not match, and the operator should learn why.
    Optional<ConfiguredIssuer> namedOtherwise(ByteString name) {
        try {
            X500Name wanted = X500Name.getInstance(name.toArray());
            return directory.issuers().stream()
                    .filter(i -> wanted.equals(i.certificate().holder().getSubject()))
                    .findFirst();
        } catch (RuntimeException _) {
            return Optional.empty();
        }
    }

    /// The issuer with that name and key, by this certificate or another one.
    Optional<ConfiguredIssuer> sameAs(IssuerCertificate certificate) {
        return directory.of(certificate.key());
    }

    /// An issuer certified by a CA with this name.
    Optional<ConfiguredIssuer> certifiedBy(ByteString name) {
        return Optional.ofNullable(certifiedBy.get(name));
    }
}
