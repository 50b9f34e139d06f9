package org.precertocsp.responder.audit.service;

import java.nio.file.Path;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.audit.AuditConfig;
import org.precertocsp.responder.rocksdb.RocksConfig;

/// What the audit log needs to know of the configuration.
///
/// @param newestSetDirectory where the newest set of changes is remembered a third time
/// @param configFile names the configuration in messages and in the log
/// @param configSha256 of its bytes
public record AuditSettings(
        AuditConfig audit,
        RocksConfig store,
        Path newestSetDirectory,
        Path configFile,
        Octets configSha256) {}
