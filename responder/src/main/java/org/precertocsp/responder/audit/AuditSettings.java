package org.precertocsp.responder.audit;

import java.nio.file.Path;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.store.StoreConfig;

/// What the audit log needs to know of the configuration.
///
/// @param newestSetDirectory where the newest set of changes is remembered a third time
/// @param configFile names the configuration in messages and in the log
/// @param configSha256 of its bytes
public record AuditSettings(
        AuditConfig audit,
        StoreConfig store,
        Path newestSetDirectory,
        Path configFile,
        ByteString configSha256) {}
