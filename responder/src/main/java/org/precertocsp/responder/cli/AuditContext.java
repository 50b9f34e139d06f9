package org.precertocsp.responder.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.precertocsp.responder.audit.AuditConfig;
import org.precertocsp.responder.audit.LogPruner;
import org.precertocsp.responder.audit.StoreRecovery;

/// A configuration with the parts of the program that `audit` uses. Opens nothing by itself.
public interface AuditContext {
    /// Reads configurations.
    @FunctionalInterface
    interface Factory {
        /// Reads a configuration file; opens nothing.
        ///
        /// @throws CommandException the configuration is not usable; the message names every reason
        AuditContext read(Path configuration) throws CommandException;
    }

    AuditConfig audit();

    /// Opens the log checkpoints that the store keeps. To be closed.
    ///
    /// @throws CommandException the store cannot be read
    Checkpoints openCheckpoints() throws CommandException;

    /// Opens store and logs to write them. To be closed.
    ///
    /// @throws CommandException a server or a load has them open
    LogPruner openPruning() throws CommandException;

    /// Opens the store to read it and to list what pruning would remove. To be closed.
    ///
    /// @throws CommandException the store cannot be read
    LogPruner openPruningPreview() throws CommandException;

    /// Finds changes in the log that the store lacks, also while the server runs; changes nothing.
    ///
    /// @throws CommandException store or log cannot be read
    StoreRecovery.Comparison compareStore() throws CommandException;

    /// Applies to the store the changes in the log that it lacks.
    ///
    /// @param progress receives the number of changes applied so far
    /// @throws CommandException a server or a load has the store open, or a change cannot be
    ///   applied
    StoreRecovery.Replayed replay(LongConsumer progress) throws CommandException;

    /// The checkpoints in the store, opened to be read.
    interface Checkpoints extends AutoCloseable {
        /// The checkpoint of the log with this origin.
        Optional<String> of(String origin);

        @Override
        void close();
    }
}
