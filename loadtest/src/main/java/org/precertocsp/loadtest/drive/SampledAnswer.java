package org.precertocsp.loadtest.drive;

import java.time.Instant;
import org.precertocsp.der.ByteString;

/// One answer stored to be checked completely.
///
/// @param index of its request in the stream
record SampledAnswer(long index, ByteString body, Instant received) {}
