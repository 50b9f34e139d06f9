/// The command line of `precert-load`: one class per subcommand, with its options.
///
/// Start at [PrecertLoadCommand], which defines the behaviour that all commands share: how usage
/// errors and failures are reported, and the exit codes ([LoadTestExitCodes]). Commands check their
/// options, build a plan for the package that does the work, and print the result; results go to
/// standard output, progress to standard error.
@NullMarked
package org.precertocsp.loadtest.cli;

import org.jspecify.annotations.NullMarked;
