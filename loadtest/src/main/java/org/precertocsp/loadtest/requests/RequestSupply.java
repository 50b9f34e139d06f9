package org.precertocsp.loadtest.requests;

/// An endless stream of requests, each made from its index alone: the same index always gives the
/// same request, so nothing about a request needs to be kept while it is under way. Thread-safe.
public interface RequestSupply {
    /// @param keepAlive false adds `Connection: close`
    RequestEncoder encoder(Target target, boolean keepAlive);

    Question question(long index);

    /// The same stream from a later request on, for a run that shall not repeat what another sent.
    default RequestSupply from(long first) {
        return new LaterSupply(this, first);
    }

    /// @throws IllegalArgumentException if the mix includes serials the population does not have
    static RequestSupply of(Population population, Mix mix) {
        return new PopulationSupply(population, mix);
    }
}
