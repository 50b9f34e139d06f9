package org.precertocsp.responder.audit.verify;

import org.precertocsp.ocsp.Octets;

/// What is known of a log from elsewhere: its tree at one time must be the beginning of the tree
/// there is.
///
/// @param whose who knows it, for messages: `the store`, a file of a witness
public record Known(String whose, long size, Octets root) {}
