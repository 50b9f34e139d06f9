package org.precertocsp.responder;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.config.ConfigReader;
import org.precertocsp.responder.config.ConfigRefused;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.freshness.CredentialUpkeep;
import org.precertocsp.responder.logging.Logging;
import org.precertocsp.responder.reload.ReloadReport;
import org.precertocsp.responder.reload.ReloadRequests;
import org.precertocsp.responder.reload.Reloader;
import org.precertocsp.responder.task.BackgroundTasks;

/// [Wiring]'s part for reloading: what can be taken up while the server runs, and what cannot.
record ReloadWiring(ServerConfig running, Alarm alarm, BackgroundTasks tasks) {
    /// A token may hang for ever; who waits must not.
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// What is taken up, or is of no account.
    private static final Set<String> TAKEN_UP = Set.of("logging", "source", "issuers");

    /// Asked by commands once [#listen] is called.
    Reloader reloader(CredentialUpkeep upkeep) {
        Reloader reloader = new Reloader(alarm);
        reloader.add(this::configuration);
        reloader.add(Reloader.Part.watched(() -> credentials(upkeep)));
        return reloader;
    }

    void listen(Reloader reloader, Started started) {
        ReloadRequests requests = new ReloadRequests(running.alerts().directory());
        started.closeLater(
                tasks.every(
                        "reload-requests",
                        ReloadRequests.LOOK_EVERY,
                        () -> requests.handleAll(reloader::reload)));
    }

    private ReloadReport configuration() {
        try {
            ServerConfig now = ConfigReader.read(running.source().file());
            Logging.reload(now.logging());
            return new ReloadReport(List.of("log levels"), differences(now), List.of());
        } catch (IOException | ConfigRefused e) {
            return new ReloadReport(
                    List.of(), List.of(), List.of("the configuration: " + e.getMessage()));
        }
    }

    /// What a restart would take up.
    private List<String> differences(ServerConfig now) {
        List<String> differences = new ArrayList<>();
        for (RecordComponent section : ServerConfig.class.getRecordComponents()) {
            if (!TAKEN_UP.contains(section.getName())
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
            return section.getAccessor().invoke(config);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a record's accessor is public", e);
        }
    }

    private static Map<String, ServerConfig.Issuer> byName(ServerConfig config) {
        Map<String, ServerConfig.Issuer> issuers = new TreeMap<>();
        config.issuers().forEach(issuer -> issuers.put(issuer.name(), issuer));
        return issuers;
    }

    /// Where a credential lies is taken up; that there is one at all is not.
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

    private static ReloadReport credentials(CredentialUpkeep upkeep) {
        List<String> reloaded = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        try {
            for (CredentialUpkeep.Outcome outcome :
                    upkeep.reload().get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                Optional<String> problem = outcome.problem();
                if (problem.isPresent()) {
                    failed.add(
                            "the credential of %s: %s".formatted(outcome.issuer(), problem.get()));
                } else {
                    reloaded.add("the credential of " + outcome.issuer());
                }
            }
        } catch (TimeoutException _) {
            failed.add(
                    "keys: a token has not answered for %d seconds; they are taken up once it does"
                            .formatted(PATIENCE.toSeconds()));
        } catch (ExecutionException e) {
            failed.add("keys: " + e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            failed.add("keys: the server is stopping");
        }
        return new ReloadReport(reloaded, List.of(), failed);
    }
}
