package org.precertocsp.responder.alert;

import java.util.Optional;

/// The state of a channel at one moment.
///
/// @param delivered notices that the other side accepted
/// @param failed notices given up after all attempts, or dropped because the queue was full
/// @param waiting notices in the queue
/// @param problem why the last attempt failed; empty if it did not
public record AlertChannelState(
        String name, long delivered, long failed, int waiting, Optional<String> problem) {}
