package org.precertocsp.responder.duty;

import java.util.function.BooleanSupplier;
import org.precertocsp.ocsp.IssuerKey;

/// An issuer the server answers for.
///
/// @param name from the configuration
/// @param signs whether answers can be signed, as last seen; never waits
public record MeasuredIssuer(String name, IssuerKey key, BooleanSupplier signs) {}
