package org.precertocsp.responder.admin;

/// The result of one request.
public sealed interface ChangeResult {
    record Done(ChangeResponse receipt) implements ChangeResult {}

    record Denied(ApiException objection) implements ChangeResult {}
}
