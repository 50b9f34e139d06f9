package org.precertocsp.responder.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.audit.AuditSettings;

/// The parts of a configuration that `backup` and `restore` use.
///
/// @param directories that the server writes to, by name
public record BackupContext(
        AuditSettings settings, List<IssuerKey> issuers, Map<String, Path> directories) {
    public BackupContext {
        issuers = List.copyOf(issuers);
        directories = Map.copyOf(directories);
    }

    /// Reads configurations.
    @FunctionalInterface
    public interface Factory {
        /// Reads a configuration file; opens nothing.
        ///
        /// @throws CommandException the configuration is not usable, or this user must not write to
        ///   its directories; the message names every reason
        BackupContext read(Path configuration) throws CommandException;
    }
}
