package org.precertocsp.responder.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.LoadOptions;

/// The work of one `load` command.
///
/// @param patience the longest time without progress of the server, or of another process that has
///   the store open
/// @param bar the terminal for the progress bar
/// @param notes receives a line that explains a wait; absent if only JSON is printed
record LoadPlan(
        FeedKind kind,
        Optional<ConfiguredIssuer> issuer,
        LoadOptions options,
        LoadInputs files,
        Duration patience,
        Optional<PrintStream> bar,
        Optional<PrintWriter> notes) {}
