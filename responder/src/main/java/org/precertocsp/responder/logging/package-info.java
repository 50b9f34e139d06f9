/// The format and the levels of the log, which goes to standard error.
///
/// Start at [LoggingSetup], which applies a [LoggingConfig]; [LogLevels] changes levels while the
/// server runs. Until the configuration is read, [DefaultLogbackConfigurator] applies the defaults:
/// written in Java, since Logback needs 0.2 s to read XML, which is much of the start of a short
/// command. A Logback file named by the operator replaces all of this.
///
/// What strangers can cause is logged through a [RateLimitedLogger], so that a flood of them does
/// not fill a disk.
///
/// The hard part is untrusted text in messages, such as a name in a certificate: both formats
/// escape line breaks and control characters, so that nobody can forge a line or control a
/// terminal.
@NullMarked
package org.precertocsp.responder.logging;

import org.jspecify.annotations.NullMarked;
