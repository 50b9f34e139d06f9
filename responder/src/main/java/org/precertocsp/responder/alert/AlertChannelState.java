package org.precertocsp.responder.alert;

import java.util.Optional;

/// The state of a channel at one moment.
///
/// @param delivered notices that the recipient accepted
/// @param failed notices abandoned after all attempts, or dropped because the queue was full
/// @param waiting notices in the queue
/// @param problem why the last attempt failed; empty if it succeeded
public record AlertChannelState(
        String name, long delivered, long failed, int waiting, Optional<String> problem) {}
