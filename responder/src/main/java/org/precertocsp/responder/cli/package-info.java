/// The command line, one file per subcommand.
@NullMarked
package org.precertocsp.responder.cli;

import org.jspecify.annotations.NullMarked;
