package org.precertocsp.signer;

import java.time.Instant;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.ValidityWindow;

/// A complete, successful OCSPResponse.
///
/// @param der the OCSPResponse, strict DER (RP-22)
/// @param producedAt when it was signed; equal to thisUpdate (HT-09)
/// @param window as encoded, after shortening
public record SignedResponse(Octets der, Instant producedAt, ValidityWindow window) {}
