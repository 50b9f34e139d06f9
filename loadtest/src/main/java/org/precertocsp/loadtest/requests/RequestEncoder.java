package org.precertocsp.loadtest.requests;

/// Writes the requests of a stream. For one thread.
@FunctionalInterface
public interface RequestEncoder {
    void encode(long index, EncodedRequest into);
}
