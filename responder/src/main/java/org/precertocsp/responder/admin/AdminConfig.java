package org.precertocsp.responder.admin;

import java.net.InetSocketAddress;

/// The private port.
///
/// @param listen never an address the public reaches
public record AdminConfig(InetSocketAddress listen) {}
