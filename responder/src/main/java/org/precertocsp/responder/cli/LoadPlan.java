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
/// @param patience how long the server, or another process that has the store, may make no progress
/// @param bar where progress is drawn
/// @param notes where a line says what is waited for; absent where only JSON is wanted
record LoadPlan(
        FeedKind kind,
        Optional<ConfiguredIssuer> issuer,
        LoadOptions options,
        LoadInputs files,
        Duration patience,
        Optional<PrintStream> bar,
        Optional<PrintWriter> notes) {}
