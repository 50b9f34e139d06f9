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

    /// What the store keeps of the logs. To be closed.
    ///
    /// @throws CommandException the store cannot be read
    Checkpoints openCheckpoints() throws CommandException;

    /// Opens store and logs to write them. To be closed.
    ///
    /// @throws CommandException a server or a load has them open
    LogPruner openPruning() throws CommandException;

    /// Opens the store to read it, to tell what would go. To be closed.
    ///
    /// @throws CommandException the store cannot be read
    LogPruner openPruningPreview() throws CommandException;

    /// What the store lacks of the log, while the server runs too; changes nothing.
    ///
    /// @throws CommandException store or log cannot be read
    StoreRecovery.Comparison compareStore() throws CommandException;

    /// Applies to the store what it lacks of the log.
    ///
    /// @param progress receives the number of changes applied so far
    /// @throws CommandException a server or a load has the store open, or it cannot be done
    StoreRecovery.Replayed replay(LongConsumer progress) throws CommandException;

    /// The store, opened to be read.
    interface Checkpoints extends AutoCloseable {
        /// Of one log, by its origin.
        Optional<String> of(String origin);

        @Override
        void close();
    }
}
