package org.precertocsp.responder.admin.change;

/// The result of one request.
public sealed interface Result {
    record Done(Receipt receipt) implements Result {}

    record Denied(Objection objection) implements Result {}
}
