package org.precertocsp.responder.monitor;

import java.time.Instant;
import java.util.Optional;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.signer.IssuerCertificate;

/// A certificate or precertificate to check.
///
/// @param name its source, for people: a file, or a log and an index
/// @param issuer the CA that issues the certificate, also where a Precertificate Signing
///   Certificate signed the precertificate
/// @param url of the responder; empty if none is known
/// @param named the OCSP service in the certificate; SA-01 applies only then (SA-16)
/// @param published latest time of its publication, if known
public record CheckSubject(
        String name,
        Serial serial,
        Kind kind,
        IssuerCertificate issuer,
        Optional<String> url,
        Optional<String> named,
        Optional<Instant> published,
        Instant notAfter) {
    public boolean isOwed() {
        return named.isPresent();
    }

    public enum Kind {
        CERTIFICATE("certificate"),
        PRECERTIFICATE("precertificate"),
        /// Signed by a Precertificate Signing Certificate (SS-02).
        PRECERTIFICATE_BY_SIGNER("precertificate of a Precertificate Signing Certificate"),
        /// A CA certificate, for which other renewal rules apply (TF-10).
        AUTHORITY("CA certificate");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        public boolean isPrecertificate() {
            return this == PRECERTIFICATE || this == PRECERTIFICATE_BY_SIGNER;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
