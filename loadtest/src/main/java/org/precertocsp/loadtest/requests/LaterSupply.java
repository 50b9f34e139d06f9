package org.precertocsp.loadtest.requests;

/// A stream without its first requests.
record LaterSupply(RequestSupply whole, long first) implements RequestSupply {
    @Override
    public RequestEncoder encoder(Target target, boolean keepAlive) {
        RequestEncoder encoder = whole.encoder(target, keepAlive);
        return (index, into) -> encoder.encode(first + index, into);
    }

    @Override
    public Question question(long index) {
        return whole.question(first + index);
    }
}
