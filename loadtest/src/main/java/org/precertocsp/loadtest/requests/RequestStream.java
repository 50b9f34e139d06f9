package org.precertocsp.loadtest.requests;

/// An endless stream of requests, each made from its index alone: the same index always gives the
/// same request, so nothing about a request needs to be stored while it is in flight. Thread-safe.
public interface RequestStream {
    /// @param keepAlive false adds `Connection: close`
    RequestEncoder encoder(TargetUrl target, boolean keepAlive);

    RequestDescription question(long index);

    /// @throws IllegalArgumentException if the mix includes serials the population does not have
    static RequestStream of(SerialPopulation population, Workload workload) {
        return new WorkloadRequestStream(population, workload);
    }
}
