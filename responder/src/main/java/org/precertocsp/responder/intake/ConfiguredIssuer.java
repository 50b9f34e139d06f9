package org.precertocsp.responder.intake;

import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.signer.IssuerCertificate;

/// An issuer whose data may be fed.
///
/// @param name from the configuration
/// @param certificates all with one name and key (cross-certificates); the first is the configured
///   one
public record ConfiguredIssuer(
        String name, List<IssuerCertificate> certificates, IssuerProfile profile) {
    public ConfiguredIssuer {
        certificates = List.copyOf(certificates);
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("an issuer has a certificate");
        }
    }

    public IssuerCertificate certificate() {
        return certificates.getFirst();
    }

    public IssuerKey key() {
        return certificate().key();
    }

    /// DER of the name its certificates carry as issuer.
    public ByteString subjectName() {
        return certificate().subjectName();
    }

    /// Whether any of the certificates is this one.
    public boolean has(ByteString certificateDer) {
        return certificates.stream().anyMatch(known -> known.der().equals(certificateDer));
    }

    /// The issuers configured, looked up as feeds need them.
    public record Directory(List<ConfiguredIssuer> issuers) {
        public Directory {
            issuers = List.copyOf(issuers);
        }

        /// All issuers of that subject name: several after a key rollover.
        public List<ConfiguredIssuer> named(ByteString subjectName) {
            return issuers.stream().filter(i -> i.subjectName().equals(subjectName)).toList();
        }

        public Optional<ConfiguredIssuer> of(IssuerKey key) {
            return issuers.stream().filter(i -> i.key().equals(key)).findFirst();
        }

        /// The issuer a configuration calls by that name.
        public Optional<ConfiguredIssuer> called(String name) {
            return issuers.stream().filter(i -> i.name().equals(name)).findFirst();
        }
    }
}
