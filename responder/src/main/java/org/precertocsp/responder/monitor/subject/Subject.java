package org.precertocsp.responder.monitor.subject;

import java.time.Instant;
import java.util.Optional;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.signer.IssuerCertificate;

/// A serial somebody is owed an answer for.
///
/// @param name where it comes from, for people: a file, or a log and an index
/// @param issuer the CA that issues the certificate, also where a Precertificate Signing
///   Certificate signed the precertificate
/// @param url where to ask; empty where nobody said
/// @param named the OCSP service the certificate itself names; only then SA-01 binds (SA-16)
/// @param published when it became public at the latest, if anything proves it
public record Subject(
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
        /// A CA's own certificate: other refresh rules bind (TF-10).
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
