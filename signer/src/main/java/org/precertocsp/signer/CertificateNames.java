package org.precertocsp.signer;

import org.precertocsp.ocsp.Octets;

/// The two names of a certificate, byte for byte as they stand in it.
///
/// Bouncy Castle sorts the values of a multi-valued RDN when it encodes a parsed name again; a CA
/// name written in another order would then hash to something no client sends (CI-01).
record CertificateNames(Octets issuer, Octets subject) {
    private static final int VERSION = 0xa0;

    /// @param certificate DER that Bouncy Castle has read before
    static CertificateNames in(Octets certificate) {
        Cursor cursor = new Cursor(certificate.toArray());
        cursor.enter();
        cursor.enter();
        if (cursor.tag() == VERSION) {
            cursor.element();
        }
        cursor.element(); // serial
        cursor.element(); // signature algorithm
        Octets issuer = cursor.element();
        cursor.element(); // validity
        return new CertificateNames(issuer, cursor.element());
    }

    /// A place between two elements of single-octet tag.
    private static final class Cursor {
        private final byte[] der;
        private int at;

        Cursor(byte[] der) {
            this.der = der;
        }

        int tag() {
            return der[at] & 0xff;
        }

        /// Moves behind the header of a constructed element.
        void enter() {
            at++;
            length();
        }

        /// The whole element, header included; moves behind it.
        Octets element() {
            int start = at++;
            int length = length();
            at += length;
            return Octets.of(der, start, at - start);
        }

        private int length() {
            int first = der[at++];
            if (first >= 0) {
                return first;
            }
            int length = 0;
            for (int octets = first & 0x7f; octets > 0; octets--) {
                length = (length << 8) | (der[at++] & 0xff);
            }
            return length;
        }
    }
}
