package org.precertocsp.responder.config;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.logging.LoggingSetup;
import org.precertocsp.responder.reload.ReloadReport;
import org.precertocsp.responder.reload.Reloader;
import org.precertocsp.responder.renewal.CredentialReloader;
import org.precertocsp.signer.CredentialSource;

/// Reads the configuration file again while the server runs: log levels take effect, other changes
/// are reported as needing a restart.
///
/// @param running the configuration that the server was started with
public record ConfigReload(ServerConfig running) implements Reloader.Part {
    /// The sections of which a reload takes effect, or is reported by issuer.
    private static final Set<String> RELOADED = Set.of("logging", "source", "issuers");

    @Override
    public ReloadReport reload() {
        try {
            ServerConfig now = ConfigReader.read(running.source().file());
            LoggingSetup.reload(now.logging());
            return new ReloadReport(List.of("log levels"), differences(now), List.of());
        } catch (IOException | ConfigException e) {
            return new ReloadReport(
                    List.of(), List.of(), List.of("the configuration: " + e.getMessage()));
        }
    }

    /// The key and certificate that the file names for each issuer now.
    public CredentialReloader.Reading credentialSources() {
        try {
            Map<String, CredentialSource> sources = new TreeMap<>();
            for (ServerConfig.Issuer issuer :
                    ConfigReader.read(running.source().file()).issuers()) {
                issuer.credential().ifPresent(it -> sources.put(issuer.name(), it));
            }
            return new CredentialReloader.Reading(sources, Optional.empty());
        } catch (IOException | ConfigException e) {
            return new CredentialReloader.Reading(
                    Map.of(), Optional.of(String.valueOf(e.getMessage())));
        }
    }

    /// Changes that only a restart would apply.
    private List<String> differences(ServerConfig now) {
        List<String> differences = new ArrayList<>();
        for (RecordComponent section : ServerConfig.class.getRecordComponents()) {
            if (!RELOADED.contains(section.getName())
                    && !value(section, now).equals(value(section, running))) {
                differences.add(section.getName());
            }
        }
        Map<String, ServerConfig.Issuer> before = byName(running);
        Map<String, ServerConfig.Issuer> after = byName(now);
        Set<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        for (String name : names) {
            if (!before.containsKey(name)) {
                differences.add("issuer %s, which is new".formatted(name));
            } else if (!after.containsKey(name)) {
                differences.add("issuer %s, which is gone".formatted(name));
            } else if (!without(before.get(name)).equals(without(after.get(name)))) {
                differences.add("issuer " + name);
            }
        }
        return differences;
    }

    private static Object value(RecordComponent section, ServerConfig config) {
        try {
            Object value = section.getAccessor().invoke(config);
            // The roster of edges is reloaded.
            return value.equals(config.cluster())
                    ? config.cluster().map(ClusterConfig::withoutEdges)
                    : value;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a record's accessor is public", e);
        }
    }

    private static Map<String, ServerConfig.Issuer> byName(ServerConfig config) {
        Map<String, ServerConfig.Issuer> issuers = new TreeMap<>();
        config.issuers().forEach(issuer -> issuers.put(issuer.name(), issuer));
        return issuers;
    }

    /// A changed key or certificate is reloaded; adding or removing a credential needs a restart.
    private static List<Object> without(ServerConfig.Issuer issuer) {
        return List.of(
                issuer.certificates(),
                issuer.precertificateSigning(),
                issuer.profile(),
                issuer.validity(),
                issuer.presign(),
                issuer.ct(),
                issuer.credential().isPresent());
    }
}
