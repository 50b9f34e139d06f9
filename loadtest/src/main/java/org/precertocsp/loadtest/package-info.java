/// The load driver `precert-load`: sends OCSP requests to any responder over the network, measures
/// the answers and verifies them, compares servers, and runs the JMH benchmarks.
///
/// Start at [Main], which registers the commands of `cli`. A run goes through `requests` (the
/// requests to send), `drive` (sending and measuring), `verify` (are the answers right) and
/// `report` (table, JSON, page). `corpus` generates test populations; `peers` starts servers;
/// `compare` measures them, and their growth with the number of serials. Only `bench` imports the
/// responder: everything else knows servers by their network interface, so that all of them are
/// measured in the same way.
@NullMarked
package org.precertocsp.loadtest;

import org.jspecify.annotations.NullMarked;
