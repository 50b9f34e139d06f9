package org.precertocsp.loadtest.drive;

import java.time.Instant;
import org.precertocsp.der.ByteString;

/// One answer put aside to be checked completely.
///
/// @param index of its request in the supply
record SampledAnswer(long index, ByteString body, Instant received) {}
