package org.precertocsp.responder.http;

/// A whole plain request for which nothing was ready.
///
/// @param der what it asks; nobody changes it
record PlainAsked(boolean post, byte[] der) {}
