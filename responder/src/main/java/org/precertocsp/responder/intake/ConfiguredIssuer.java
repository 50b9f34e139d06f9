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
/// @param certificates all with the same name and key (cross-certificates); the first is the
///   configured one
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

    /// DER of the issuer name in the certificates it issues.
    public ByteString subjectName() {
        return certificate().subjectName();
    }

    /// The configured issuers, with the lookups that feeds need.
    public record Directory(List<ConfiguredIssuer> issuers) {
        public Directory {
            issuers = List.copyOf(issuers);
        }

        public Optional<ConfiguredIssuer> of(IssuerKey key) {
            return issuers.stream().filter(i -> i.key().equals(key)).findFirst();
        }

        /// The issuer with that name in the configuration.
        public Optional<ConfiguredIssuer> called(String name) {
            return issuers.stream().filter(i -> i.name().equals(name)).findFirst();
        }
    }
}
