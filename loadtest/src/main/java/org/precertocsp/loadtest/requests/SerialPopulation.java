package org.precertocsp.loadtest.requests;

import org.precertocsp.signer.IssuerCertificate;

/// The serials that requests are made for.
///
/// @param assigned serials the issuer has committed to
/// @param unassigned serials it never issued; may be empty if no mix includes them
public record SerialPopulation(
        IssuerCertificate issuer, SerialTable assigned, SerialTable unassigned) {
    /// With random serials for the unassigned ones.
    public static SerialPopulation of(IssuerCertificate issuer, SerialTable assigned, long seed) {
        return new SerialPopulation(
                issuer,
                assigned,
                SerialTable.random(~seed, Integer.MAX_VALUE, ExpectedStatus.UNASSIGNED));
    }
}
