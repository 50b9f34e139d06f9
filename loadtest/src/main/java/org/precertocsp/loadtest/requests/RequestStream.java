package org.precertocsp.loadtest.requests;

/// An endless stream of requests, each made from its index alone: the same index always gives the
/// same request, so nothing about a request needs to be stored while it is in flight. Thread-safe.
public interface RequestStream {
    /// @param keepAlive false adds `Connection: close`
    RequestEncoder encoder(TargetUrl target, boolean keepAlive);

    RequestDescription question(long index);

    /// The same stream from a later request on, for a run that must not repeat requests of another.
    default RequestStream from(long first) {
        return new LaterSupply(this, first);
    }

    /// @throws IllegalArgumentException if the mix includes serials the population does not have
    static RequestStream of(SerialPopulation population, Workload workload) {
        return new WorkloadRequestStream(population, workload);
    }

    /// A stream without its first requests.
    record LaterSupply(RequestStream whole, long first) implements RequestStream {
        @Override
        public RequestEncoder encoder(TargetUrl target, boolean keepAlive) {
            RequestEncoder encoder = whole.encoder(target, keepAlive);
            return (index, into) -> encoder.encode(first + index, into);
        }

        @Override
        public RequestDescription question(long index) {
            return whole.question(first + index);
        }
    }
}
