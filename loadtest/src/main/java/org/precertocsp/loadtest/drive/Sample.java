package org.precertocsp.loadtest.drive;

import java.time.Instant;
import org.precertocsp.ocsp.Octets;

/// One answer put aside to be checked completely.
///
/// @param index of its request in the supply
record Sample(long index, Octets body, Instant received) {}
