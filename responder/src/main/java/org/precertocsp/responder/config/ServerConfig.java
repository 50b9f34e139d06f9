package org.precertocsp.responder.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.admin.AdminConfig;
import org.precertocsp.responder.admin.DiskSpaceMonitor;
import org.precertocsp.responder.alert.AlertConfig;
import org.precertocsp.responder.answer.AnswerConfig;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.audit.AuditConfig;
import org.precertocsp.responder.audit.AuditSettings;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.snapshot.SnapshotMonitor;
import org.precertocsp.responder.ctlog.CtLogConfig;
import org.precertocsp.responder.ctlog.CtOnlySerialPolicy;
import org.precertocsp.responder.http.HttpConfig;
import org.precertocsp.responder.intake.spool.SpoolConfig;
import org.precertocsp.responder.logging.LoggingConfig;
import org.precertocsp.responder.metrics.unassigned.UnassignedConfig;
import org.precertocsp.responder.purge.CachePurgeConfig;
import org.precertocsp.responder.request.RequestLimits;
import org.precertocsp.responder.store.StoreConfig;
import org.precertocsp.responder.tracing.TracingConfig;
import org.precertocsp.signer.CredentialSource;
import org.precertocsp.signer.SigningConfig;

/// The content of a configuration file; paths are absolute, resolved against the file's directory.
///
/// @param source the file all this was read from
/// @param warmUp how long the server may answer requests of its own before it listens; zero for
///   none
/// @param cluster absent for a single node
/// @param issuers at least one
public record ServerConfig(
        StoreConfig store,
        SpoolConfig spool,
        HttpConfig http,
        Caching caching,
        Optional<AdminConfig> admin,
        AnswerConfig answers,
        RequestLimits requests,
        SigningConfig signing,
        LoggingConfig logging,
        AuditConfig audit,
        Source source,
        CtLogConfig watch,
        AlertConfig alerts,
        UnassignedConfig unassigned,
        DiskSpaceMonitor.Limits diskSpace,
        Optional<TracingConfig> tracing,
        Duration warmUp,
        Optional<ClusterConfig> cluster,
        List<Issuer> issuers) {

    /// @param file as it was named
    /// @param sha256 of its bytes
    public record Source(Path file, ByteString sha256) {}

    /// How caches in front of the server are controlled.
    ///
    /// @param surrogateKeyHeader carries the key by which a CDN purges
    /// @param purge receives the serials whose status changed
    public record Caching(Optional<String> surrogateKeyHeader, Optional<CachePurgeConfig> purge) {}

    /// @param name in messages, logs and the spool's directories: letters, digits, dot, dash,
    ///   underscore
    /// @param certificates files with the CA's certificate first, cross-certificates after it
    /// @param precertificateSigning files with Precertificate Signing Certificates (CT-06)
    /// @param validity nextUpdate − thisUpdate, within the limits of the profile
    /// @param presign which responses are signed before they are requested
    /// @param ct how to handle serials that a CT log delivers first
    /// @param maxAge the longest max-age of answers
    /// @param credential absent for an issuer whose data is loaded, but for which nothing is
    ///   answered
    public record Issuer(
            String name,
            List<Path> certificates,
            List<Path> precertificateSigning,
            IssuerProfile profile,
            Duration validity,
            PresignMode presign,
            CtOnlySerialPolicy ct,
            Optional<Duration> maxAge,
            Optional<CredentialSource> credential) {
        public Issuer {
            certificates = List.copyOf(certificates);
            precertificateSigning = List.copyOf(precertificateSigning);
        }
    }

    public ServerConfig {
        issuers = List.copyOf(issuers);
    }

    /// True of a node that answers without keys, from what the authorities of its cluster know.
    public boolean isEdge() {
        return cluster.filter(it -> it.role() == ClusterConfig.Role.EDGE).isPresent();
    }

    /// The directories that the server writes to, by their names in alerts and messages.
    public Map<String, Path> directories() {
        Map<String, Path> directories = new LinkedHashMap<>();
        directories.put("store", store.directory());
        if (!isEdge()) {
            directories.put("audit", audit.directory());
            directories.put("spool", spool.directory());
            cluster.flatMap(ClusterConfig::snapshots)
                    .ifPresent(it -> directories.put("snapshots", SnapshotMonitor.directory(it)));
        }
        directories.put("alerts", alerts.directory());
        directories.put("unassigned", unassigned.directory());
        return directories;
    }

    public AuditSettings auditSettings() {
        return new AuditSettings(
                audit,
                store,
                alerts.directory(),
                source.file(),
                source.sha256(),
                cluster.isPresent());
    }
}
