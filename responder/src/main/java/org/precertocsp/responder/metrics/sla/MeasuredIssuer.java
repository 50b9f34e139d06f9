package org.precertocsp.responder.metrics.sla;

import java.util.function.BooleanSupplier;
import org.precertocsp.ocsp.IssuerKey;

/// An issuer with a responder.
///
/// @param name from the configuration
/// @param signs whether its key signs, as of the last check; never blocks
public record MeasuredIssuer(String name, IssuerKey key, BooleanSupplier signs) {}
