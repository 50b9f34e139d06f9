package org.precertocsp.responder.answer;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;

/// Finds the issuer a CertID names: both hashes must be of one issuer, under one algorithm (CI-09).
public final class IssuerDirectory {
    private record Hashes(HashAlgorithm algorithm, Octets name, Octets key) {}

    private final Map<Hashes, ServedIssuer> issuers;

    /// @throws IllegalArgumentException if two issuers share name and key
    public IssuerDirectory(Collection<ServedIssuer> served) {
        Map<Hashes, ServedIssuer> byHashes = new HashMap<>();
        for (ServedIssuer issuer : served) {
            for (HashAlgorithm algorithm : HashAlgorithm.values()) {
                Hashes hashes =
                        new Hashes(
                                algorithm,
                                issuer.key().nameHash(algorithm),
                                issuer.key().keyHash(algorithm));
                if (byHashes.put(hashes, issuer) != null) {
                    throw new IllegalArgumentException("two issuers share " + issuer.key());
                }
            }
        }
        this.issuers = Map.copyOf(byHashes);
    }

    /// Empty for an issuer that is not served and for hashes that belong to two different ones.
    public Optional<ServedIssuer> of(CertId certId) {
        return Optional.ofNullable(
                issuers.get(
                        new Hashes(
                                certId.hashAlgorithm(),
                                certId.issuerNameHash(),
                                certId.issuerKeyHash())));
    }
}
