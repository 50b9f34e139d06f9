package org.precertocsp.responder.audit;

import java.nio.file.Path;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.store.StoreConfig;

/// The parts of the configuration that the audit log needs.
///
/// @param newestSetDirectory directory for the third copy of the newest set's mark
/// @param configFile names the configuration in messages and in the log
/// @param configSha256 hash of its bytes
/// @param replicated whether the store's changes come from the log of a cluster, so that none may
///   be applied to it alone
public record AuditSettings(
        AuditConfig audit,
        StoreConfig store,
        Path newestSetDirectory,
        Path configFile,
        ByteString configSha256,
        boolean replicated) {}
