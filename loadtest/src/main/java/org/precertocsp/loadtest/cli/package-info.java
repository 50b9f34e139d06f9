/// The command line `precert-load`, one file per subcommand.
@NullMarked
package org.precertocsp.loadtest.cli;

import org.jspecify.annotations.NullMarked;
