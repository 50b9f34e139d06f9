/// Servers under comparison as real processes: configured, started, pinned to a processor, awaited,
/// and ended by their own process id.
///
/// Start at [RunningPeer]. Each [Peer] writes the configuration of one kind of server and returns
/// the command that starts it. nginx serves a response of ours from a file or from its
/// configuration, and its reply is padded to the length of ours, so that both send equally many
/// bytes.
@NullMarked
package org.precertocsp.loadtest.peers;

import org.jspecify.annotations.NullMarked;
