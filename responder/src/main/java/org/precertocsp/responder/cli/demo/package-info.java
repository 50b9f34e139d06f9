/// The command `demo`: the responder at work in one command.
///
/// Start at [DemoCommand][DemoCommand]. It creates a temporary CA with Bouncy Castle, loads what
/// that CA issued with the same commands an operator would use, starts a server with the same
/// launcher as `serve`, and prints commands to paste. With `--cluster`, [ClusterDemo][ClusterDemo]
/// starts brokers and nodes as processes of their own; [DemoProcesses][DemoProcesses] sees to it
/// that none outlives this one.
@NullMarked
package org.precertocsp.responder.cli.demo;

import org.jspecify.annotations.NullMarked;
