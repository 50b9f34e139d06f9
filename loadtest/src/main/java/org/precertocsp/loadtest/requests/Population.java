package org.precertocsp.loadtest.requests;

import org.precertocsp.signer.IssuerCertificate;

/// The serials that requests are made for.
///
/// @param assigned serials the issuer has committed to
/// @param unassigned serials it never issued; may be empty if no mix includes them
public record Population(IssuerCertificate issuer, SerialTable assigned, SerialTable unassigned) {
    /// With random serials for the unassigned ones.
    public static Population of(IssuerCertificate issuer, SerialTable assigned, long seed) {
        return new Population(
                issuer,
                assigned,
                SerialTable.random(~seed, Integer.MAX_VALUE, Expected.UNASSIGNED));
    }
}
