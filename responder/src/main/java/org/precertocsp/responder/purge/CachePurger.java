package org.precertocsp.responder.purge;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.alert.AlertChannelConfig;
import org.precertocsp.responder.alert.CommandChannel;
import org.precertocsp.responder.alert.WebhookChannel;
import org.precertocsp.responder.answer.CacheHints;
import org.precertocsp.responder.http.OcspTarget;
import org.precertocsp.responder.request.OcspRequestView;
import org.precertocsp.responder.status.ChangeListener;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.responder.task.Lifecycle;

/// Purges cached answers that a change makes wrong, once the change is durable and this server
/// already returns the new answer.
///
/// Changes never wait for it: they are queued, up to a limit, and sent in batches by a background
/// task. A batch that is not accepted is sent again; until then an alert is open. Changes that do
/// not fit into the queue are not sent: the round fails once, so that an alert contains their
/// number.
public final class CachePurger implements ChangeListener {
    /// Sends a batch as JSON.
    @FunctionalInterface
    public interface Hook {
        /// @throws Exception it was not accepted
        void send(byte[] json) throws Exception;
    }

    private static final int MAX_WAITING = 100_000;
    private static final int MAX_BATCH = 50;
    private static final Duration POLL = Duration.ofMillis(200);

    /// Hash algorithms of the CertIDs that clients are known to send.
    private static final List<HashAlgorithm> HASHES =
            List.of(HashAlgorithm.SHA1, HashAlgorithm.SHA256);

    private final Map<IssuerKey, String> issuers;
    private final List<URI> urls;
    private final Hook hook;
    private final BlockingQueue<SerialKey> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final AtomicLong dropped = new AtomicLong();
    private final List<SerialKey> batch = new ArrayList<>();

    /// @param issuers those answered for, and their names
    /// @param urls at which clients reach this responder
    public CachePurger(Map<IssuerKey, String> issuers, List<URI> urls, Hook hook) {
        this.issuers = Map.copyOf(issuers);
        this.urls = List.copyOf(urls);
        this.hook = hook;
    }

    /// Starts purging, if a hook is configured.
    ///
    /// @param issuers those answered for, and their names
    public static Optional<ChangeListener> start(
            Optional<CachePurgeConfig> config,
            Map<IssuerKey, String> issuers,
            BackgroundTasks tasks,
            Lifecycle life) {
        if (config.isEmpty()) {
            return Optional.empty();
        }
        CachePurger purger =
                new CachePurger(issuers, config.get().urls(), hook(config.get().hook(), life));
        life.closeLater(purger.start(tasks));
        return Optional.of(purger);
    }

    private static Hook hook(AlertChannelConfig config, Lifecycle life) {
        return switch (config) {
            case AlertChannelConfig.Webhook webhook ->
                    life.closeLater(new WebhookChannel(webhook))::send;
            case AlertChannelConfig.Command command -> new CommandChannel(command)::send;
            case AlertChannelConfig.Alertmanager _ ->
                    throw new IllegalStateException("an Alertmanager cannot purge caches");
        };
    }

    /// Starts the background task.
    public BackgroundTasks.Task start(BackgroundTasks tasks) {
        return tasks.every("cache-purge", POLL, this::round);
    }

    @Override
    public SetListener begin(ChangeSet set, ChangeSource source) {
        return new Revoked();
    }

    /// Collects the serials whose answers a set makes wrong. An unassigned serial has no answer
    /// that a cache may keep.
    private final class Revoked implements SetListener {
        private final Set<SerialKey> changed = new LinkedHashSet<>();

        @Override
        public void applied(List<StatusChange> changes, List<ChangeOutcome> outcomes) {
            for (int i = 0; i < changes.size(); i++) {
                if (changes.get(i) instanceof StatusChange.Revoke revoke
                        && outcomes.get(i) instanceof ChangeOutcome.Changed
                        && issuers.containsKey(revoke.key().issuer())) {
                    changed.add(revoke.key());
                }
            }
        }

        @Override
        public void committed() {
            changed.forEach(CachePurger.this::queue);
        }
    }

    private void queue(SerialKey key) {
        if (!waiting.offer(key)) {
            dropped.incrementAndGet();
        }
    }

    /// Sends everything that is queued.
    void round() throws Exception {
        while (true) {
            waiting.drainTo(batch, MAX_BATCH - batch.size());
            if (batch.isEmpty()) {
                break;
            }
            hook.send(json());
            batch.clear();
        }
        long lost = dropped.getAndSet(0);
        if (lost > 0) {
            throw new IllegalStateException(
                    ("%d changed serials were not sent to the purge hook, more than %d having"
                                    + " waited: purge the cache of all answers")
                            .formatted(lost, MAX_WAITING));
        }
    }

    /// `{"surrogateKeys": [KEY, …], "urls": [URL, …]}`: none of the values requires escaping.
    private byte[] json() {
        List<String> keys = new ArrayList<>();
        List<String> all = new ArrayList<>();
        for (SerialKey key : batch) {
            String issuer = issuers.getOrDefault(key.issuer(), "");
            keys.add(CacheHints.surrogateKey(issuer, key.serial()));
            urls.forEach(url -> all.addAll(targets(url, key)));
        }
        String json = "{\"surrogateKeys\":%s,\"urls\":%s}".formatted(list(keys), list(all));
        return json.getBytes(StandardCharsets.US_ASCII);
    }

    private static String list(List<String> texts) {
        return texts.stream()
                .map(text -> '"' + text + '"')
                .collect(Collectors.joining(",", "[", "]"));
    }

    /// Every URL under which a cache may keep an answer.
    private static List<String> targets(URI url, SerialKey key) {
        String base = url.toASCIIString().replaceFirst("/+$", "");
        List<String> targets = new ArrayList<>();
        for (HashAlgorithm hash : HASHES) {
            for (DigestParameters parameters : DigestParameters.values()) {
                byte[] der =
                        OcspRequestView.write(key.issuer().certId(hash, parameters, key.serial()));
                OcspTarget.spellings(der).forEach(text -> targets.add(base + "/" + text));
            }
        }
        return targets;
    }
}
