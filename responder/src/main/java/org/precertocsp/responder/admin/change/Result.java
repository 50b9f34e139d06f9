package org.precertocsp.responder.admin.change;

/// What a fact came to.
public sealed interface Result {
    record Done(Receipt receipt) implements Result {}

    record Denied(Objection objection) implements Result {}
}
