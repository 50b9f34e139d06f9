package org.precertocsp.responder.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.precertocsp.responder.audit.AuditConfig;
import org.precertocsp.responder.audit.door.StoreRecovery;
import org.precertocsp.responder.audit.keep.Pruning;

/// A configuration with the parts of the program that `audit` uses. Opens nothing by itself.
public interface AuditContext {
    /// Reads configurations.
    @FunctionalInterface
    interface Factory {
        /// Reads a configuration file; opens nothing.
        ///
        /// @throws CommandFailed the configuration is not usable; the message names every reason
        AuditContext read(Path configuration) throws CommandFailed;
    }

    AuditConfig audit();

    /// What the store keeps of the logs. To be closed.
    ///
    /// @throws CommandFailed the store cannot be read
    Checkpoints openCheckpoints() throws CommandFailed;

    /// Opens store and logs to write them. To be closed.
    ///
    /// @throws CommandFailed a server or a load has them open
    Pruning openPruning() throws CommandFailed;

    /// Opens the store to read it, to tell what would go. To be closed.
    ///
    /// @throws CommandFailed the store cannot be read
    Pruning openPruningPreview() throws CommandFailed;

    /// What the store lacks of the log, while the server runs too; changes nothing.
    ///
    /// @throws CommandFailed store or log cannot be read
    StoreRecovery.Comparison compareStore() throws CommandFailed;

    /// Applies to the store what it lacks of the log.
    ///
    /// @param progress receives the number of changes applied so far
    /// @throws CommandFailed a server or a load has the store open, or it cannot be done
    StoreRecovery.Replayed replay(LongConsumer progress) throws CommandFailed;

    /// The store, opened to be read.
    interface Checkpoints extends AutoCloseable {
        /// Of one log, by its origin.
        Optional<String> of(String origin);

        @Override
        void close();
    }
}
