package org.precertocsp.responder.metrics;

import java.util.List;
import java.util.Locale;

/// Every metric of the server: its name, type, labels and help text. `METRICS.md` and the help
/// texts at `/metrics` come from here.
public enum MetricName {
    REQUESTS("requests", Type.COUNTER, "method hash outcome", "Requests by outcome."),
    REQUEST_DURATION(
            "request.duration.seconds",
            Type.HISTOGRAM,
            "path",
            "Time from request to reply; path is loop (answered on the event loop) or chain."),
    RESPONSE_AGE(
            "response.age.seconds",
            Type.HISTOGRAM,
            "",
            "Time since thisUpdate of the responses sent."),
    CONNECTIONS_OPEN(
            "connections.open", Type.GAUGE, "", "Open connections of the public endpoint."),
    CONNECTIONS_CLOSED(
            "connections.closed",
            Type.COUNTER,
            "limit",
            "Connections of the public endpoint closed or rejected because a limit was reached:"
                    + " connections, address, pending (bytes) or files."),
    CONNECTIONS_PENDING(
            "connections.pending.bytes",
            Type.GAUGE,
            "",
            "Memory of the public endpoint for incomplete requests and unread replies."),
    ANSWER_LAYER(
            "answer.layer.asked",
            Type.COUNTER,
            "layer",
            "Requests that reached a layer, without those answered on the event loop. Memory calls"
                    + " disk, disk calls signer; the difference is what a layer answered itself."),
    SIGNING_IN_FLIGHT("signing.in.flight", Type.GAUGE, "issuer", "Signatures in progress."),
    SIGNING_WAITING("signing.waiting", Type.GAUGE, "issuer", "Requests waiting for a signature."),
    SIGNING_BREAKER_OPEN(
            "signing.breaker.open",
            Type.GAUGE,
            "issuer",
            "1 while the circuit breaker is open because the key failed too often."),
    SIGNING_FAILING(
            "signing.failing",
            Type.GAUGE,
            "issuer",
            "1 while the key does not sign, or made signatures that do not verify."),
    SIGNING_SIGNED("signing.signed", Type.COUNTER, "issuer", "Signatures made."),
    SIGNING_REFUSED(
            "signing.refused", Type.COUNTER, "issuer cause", "Signatures not made, by cause."),
    RENEWAL_LAG(
            "renewal.lag.seconds",
            Type.GAUGE,
            "issuer",
            "Delay of the most overdue renewal; it grows while the worker is blocked. 0 if none is"
                    + " overdue."),
    RENEWAL_OVERDUE(
            "renewal.overdue",
            Type.GAUGE,
            "issuer",
            "1 while stored responses are past their deadline or renewals make no progress."),
    RENEWAL_BACKLOG(
            "renewal.backlog",
            Type.GAUGE,
            "issuer",
            "1 while more renewals are due than can be signed."),
    RENEWAL_FAILING("renewal.failing", Type.GAUGE, "issuer", "1 while renewals do not succeed."),
    RENEWAL_SIGNED("renewal.signed", Type.COUNTER, "issuer", "Responses renewed."),
    RENEWAL_FAILURES("renewal.failures", Type.COUNTER, "issuer", "Renewals that failed."),
    RENEWAL_QUEUE("renewal.queue", Type.GAUGE, "", "Scheduled renewals (estimate)."),
    RESPONSES_STORED("responses.stored", Type.GAUGE, "", "Responses on disk (estimate)."),
    RESPONSES_WAITING(
            "responses.waiting", Type.GAUGE, "", "Responses waiting to be written to disk."),
    RESPONSES_KEPT("responses.kept", Type.COUNTER, "", "Responses written to disk."),
    RESPONSES_DROPPED(
            "responses.dropped",
            Type.COUNTER,
            "",
            "Responses not written because the disk was too slow."),
    RESPONSES_UNREADABLE(
            "responses.unreadable", Type.COUNTER, "", "Responses on disk that could not be read."),
    FIRST_ANSWER(
            "first.answer.seconds",
            Type.HISTOGRAM,
            "issuer basis",
            "Time from publication (basis published) or intake to the first answer that was possible"
                    + " (SA-01)."),
    FIRST_ANSWER_OVERDUE(
            "first.answer.overdue",
            Type.COUNTER,
            "issuer basis",
            "Serials whose first possible answer was more than 15 minutes later."),
    FIRST_ANSWER_BACKFILL(
            "first.answer.backfill",
            Type.COUNTER,
            "issuer",
            "Serials published before the server first answered for their issuer."),
    FIRST_ANSWER_LISTED(
            "first.answer.listed",
            Type.COUNTER,
            "issuer",
            "Serials known only from lists and CRLs, which have no publication time."),
    FIRST_ANSWER_WAITING(
            "first.answer.waiting",
            Type.GAUGE,
            "issuer",
            "Assigned serials that wait for a working key."),
    LOG_ENTRIES_READ(
            "log.entries.read",
            Type.COUNTER,
            "log",
            "Entries of the log that were read and proven."),
    LOG_PLACE("log.place", Type.GAUGE, "log", "Position in the log: all entries read so far."),
    LOG_HEAD_SIZE("log.head.size", Type.GAUGE, "log", "Size of the log's newest tree head."),
    LOG_LAG_ENTRIES("log.lag.entries", Type.GAUGE, "log", "Entries not read yet."),
    LOG_HEAD_TIMESTAMP(
            "log.head.timestamp.seconds",
            Type.GAUGE,
            "log",
            "Timestamp of the log's newest tree head, in seconds since 1970."),
    LOG_INCIDENTS(
            "log.incidents",
            Type.COUNTER,
            "log",
            "Precertificates of configured issuers that only the log has (CT-20)."),
    LOG_STATE("log.state", Type.GAUGE, "log state", "1 for the current state of the follower."),
    NEVER_FED(
            "never.fed",
            Type.GAUGE,
            "issuer",
            "Precertificates that only a log has, not yet loaded from a feed (CT-20)."),
    FEED_FILES(
            "feed.files", Type.COUNTER, "feed result", "Loaded files; result is taken or refused."),
    FEED_RECORDS(
            "feed.records",
            Type.COUNTER,
            "feed result",
            "Records of loaded files: added, changed, unchanged, refused, conflict or warning."),
    UPLOADS_ACTIVE(
            "api.uploads.active",
            Type.GAUGE,
            "",
            "Uploads in progress through the private API: received, or being loaded."),
    UPLOADS_REFUSED(
            "api.uploads.refused",
            Type.COUNTER,
            "limit",
            "Uploads rejected because a limit was reached: caller or all (uploads in progress), or"
                    + " space (of the volume for temporary files)."),
    CLOCK_STEP(
            "clock.step.seconds",
            Type.GAUGE,
            "",
            "How far the wall clock is ahead of the expected time, negative if behind; 0 while the"
                    + " clock is trusted."),
    CLOCK_BEHIND(
            "clock.behind.seconds",
            Type.GAUGE,
            "",
            "How far the wall clock is behind the newest signed or recorded time; nothing is signed"
                    + " unless it is 0."),
    BACKUP_AGE(
            "backup.age.seconds",
            Type.GAUGE,
            "",
            "Time since the moment of which the last complete backup is; +Inf if there is none."),
    BACKUP_BYTES(
            "backup.bytes",
            Type.GAUGE,
            "",
            "Size of the last complete backup; 0 if there is none."),
    CLUSTER_EPOCH(
            "cluster.epoch",
            Type.GAUGE,
            "",
            "Epoch of the authority whose changes count, as far as this node has read the log."),
    CLUSTER_SEQUENCE(
            "cluster.sequence", Type.GAUGE, "", "Newest change of the log that this node applied."),
    CLUSTER_BEHIND(
            "cluster.behind.records",
            Type.GAUGE,
            "",
            "Records of the log that this node has not read, as of its last look."),
    CLUSTER_RECORDS_IGNORED(
            "cluster.records.ignored",
            Type.COUNTER,
            "reason",
            "Records of the log that did not count, by reason; forged ones are an alert."),
    CLUSTER_STOPPED(
            "cluster.stopped",
            Type.GAUGE,
            "",
            "1 since this node reads no further, as it cannot apply what the log has next."),
    CLUSTER_LEASE_AGE(
            "cluster.lease.age.seconds",
            Type.GAUGE,
            "",
            "Time since the moment at which this edge proved to be current; +Inf before the first"
                    + " time. At maxStaleness it stops to answer good."),
    CLUSTER_AUTHORITY_FAILING(
            "cluster.authority.failing",
            Type.GAUGE,
            "authority",
            "1 while this edge only probes an authority, since it keeps failing."),
    CLUSTER_AUTHORITY_REPLIES(
            "cluster.authority.replies",
            Type.COUNTER,
            "authority",
            "Batches of CertIDs that an authority answered for this edge."),
    CLUSTER_AUTHORITY_FAILURES(
            "cluster.authority.failures",
            Type.COUNTER,
            "authority",
            "Requests of this edge, probes included, without a usable reply."),
    CLUSTER_AUTHORITY_HEDGED(
            "cluster.authority.hedged",
            Type.COUNTER,
            "authority",
            "Batches sent to an authority as well, since the one before it had not replied in time."),
    CLUSTER_AUTHORITY_DISBELIEVED(
            "cluster.authority.disbelieved",
            Type.COUNTER,
            "authority",
            "Responses of an authority that this edge did not serve, each of them an alert."),
    CLUSTER_MISSES_WAITING(
            "cluster.misses.waiting",
            Type.GAUGE,
            "",
            "Requests at this edge that wait for an authority."),
    CLUSTER_RESPONSES_PUBLISHED(
            "cluster.responses.published",
            Type.COUNTER,
            "result",
            "Responses that this authority signed and published to edges; result is sent, or"
                    + " dropped if too many waited: edges ask for them."),
    CLUSTER_RESPONSES_WAITING(
            "cluster.responses.waiting",
            Type.GAUGE,
            "",
            "Responses that this authority signed and has not published yet."),
    CLUSTER_RESPONSES_RECEIVED(
            "cluster.responses.received",
            Type.COUNTER,
            "result",
            "Responses that authorities published and this edge read, by what became of them;"
                    + " rejected ones are an alert."),
    CLUSTER_RESPONSES_IGNORED(
            "cluster.responses.ignored",
            Type.COUNTER,
            "reason",
            "Records of the log of responses that were ignored; forged ones are an alert, unreadable"
                    + " ones are of a newer version."),
    CLUSTER_RESPONSES_BEHIND(
            "cluster.responses.behind.records",
            Type.GAUGE,
            "",
            "Records of the log of responses that this edge has not read, as of its last look."),
    CLUSTER_RESPONSES_EXPIRED(
            "cluster.responses.expired",
            Type.COUNTER,
            "",
            "Responses that expired on the disk of this edge, and were removed."),
    CLUSTER_EDGE_ANSWERS(
            "cluster.edge.answers",
            Type.COUNTER,
            "result",
            "CertIDs that this authority answered for edges; result is response or none."),
    CLUSTER_SNAPSHOT_AGE(
            "cluster.snapshot.age.seconds",
            Type.GAUGE,
            "",
            "Time since this authority wrote its newest snapshot for new nodes; +Inf if there is"
                    + " none."),
    CLUSTER_ROWS_COMPARED(
            "cluster.rows.compared.sequence",
            Type.GAUGE,
            "node",
            "Newest change at which the rows of a node were compared with those of this authority;"
                    + " 0 before the first time."),
    CLUSTER_ROWS_DIFFERING(
            "cluster.rows.differing.issuers",
            Type.GAUGE,
            "node",
            "Issuers of which a node had other rows than this authority in the newest comparison."),
    STORE_SERIALS("store.serials", Type.GAUGE, "", "Serials with a record (estimate)."),
    STORE_TABLES("store.tables.bytes", Type.GAUGE, "", "Size of the store's tables on disk."),
    STORE_MEMTABLES(
            "store.memtables.bytes",
            Type.GAUGE,
            "",
            "Size of changes in memory that are not yet in tables."),
    STORE_READERS("store.readers.bytes", Type.GAUGE, "", "Size of indexes and filters in memory."),
    STORE_COMPACTION(
            "store.compaction.pending.bytes",
            Type.GAUGE,
            "",
            "Data that waits for compaction (estimate)."),
    STORE_COMPACTIONS("store.compactions.running", Type.GAUGE, "", "Compactions in progress."),
    STORE_ERRORS(
            "store.background.errors",
            Type.COUNTER,
            "",
            "Failures of the store's background work."),
    ALERTS_OPEN(
            "alerts.open",
            Type.GAUGE,
            "severity",
            "Alerts that are not acknowledged, by severity."),
    ALERTS_BY_KIND(
            "alerts.open.by.kind",
            Type.GAUGE,
            "kind",
            "Alerts that are not acknowledged, by kind, such as AUDIT_TAMPERED."),
    READY(
            "ready",
            Type.GAUGE,
            "check",
            "1 while a readiness check passes, by its name in /readyz; 0 while it fails."),
    ALERTS_OVERDUE("alerts.overdue", Type.GAUGE, "", "Open alerts past their deadline."),
    ALERTS_LOST(
            "alerts.lost",
            Type.COUNTER,
            "",
            "Incidents dropped because too many occurred at once."),
    CHANNEL_DELIVERED(
            "alert.channel.delivered",
            Type.COUNTER,
            "channel",
            "Notifications that a channel accepted."),
    CHANNEL_FAILED(
            "alert.channel.failed",
            Type.COUNTER,
            "channel",
            "Notifications that a channel did not accept."),
    CHANNEL_FAILING(
            "alert.channel.failing",
            Type.GAUGE,
            "channel",
            "1 if a channel's last attempt failed."),
    CHANNEL_WAITING(
            "alert.channel.waiting",
            Type.GAUGE,
            "channel",
            "Notifications that wait for a channel."),
    UNASSIGNED_REQUESTS(
            "unassigned.requests",
            Type.COUNTER,
            "issuer",
            "Requests for unassigned serials (BR 4.9.9)."),
    UNASSIGNED_DISTINCT(
            "unassigned.distinct.serials",
            Type.GAUGE,
            "issuer",
            "Different unassigned serials requested in this hour (estimate)."),
    UNASSIGNED_USUAL(
            "unassigned.usual.hourly",
            Type.GAUGE,
            "issuer",
            "Usual number of requests for unassigned serials per hour."),
    ISSUER_END(
            "issuer.not.after.seconds",
            Type.GAUGE,
            "issuer",
            "notAfter of the CA certificate, in seconds since 1970."),
    RESPONDER_END(
            "responder.not.after.seconds",
            Type.GAUGE,
            "issuer",
            "notAfter of the responder certificate, in seconds since 1970."),
    TASK_FAILURES(
            "task.failures",
            Type.COUNTER,
            "task",
            "Failed runs of a background task, which were repeated; task other is any thread that"
                    + " ended with an exception."),
    TASK_FAILING("task.failing", Type.GAUGE, "task", "1 while the last run of a task failed."),
    TASK_BUSY(
            "task.busy.seconds",
            Type.GAUGE,
            "task",
            "How long the current run of a task has lasted; 0 between runs."),
    TRACE_SPANS(
            "trace.spans",
            Type.COUNTER,
            "result",
            "Spans: sent, dropped because too many waited (full), or not accepted by the collector"
                    + " (failed).");

    /// The type of a metric in Prometheus.
    enum Type {
        COUNTER,
        GAUGE,
        HISTOGRAM
    }

    private final String dotted;
    private final Type type;
    private final String labels;
    private final String help;

    MetricName(String name, Type type, String labels, String help) {
        this.dotted = "precertocsp." + name;
        this.type = type;
        this.labels = labels;
        this.help = help;
    }

    /// The name in Micrometer.
    String dotted() {
        return dotted;
    }

    /// True of the metrics of nodes of a cluster; a single node has none of them.
    public boolean isOfCluster() {
        return dotted.startsWith("precertocsp.cluster.");
    }

    String help() {
        return help;
    }

    Type type() {
        return type;
    }

    /// The name in Prometheus; a histogram has the suffixes `_bucket`, `_sum` and `_count`.
    public String shown() {
        return dotted.replace('.', '_') + (type == Type.COUNTER ? "_total" : "");
    }

    public List<String> labels() {
        return labels.isEmpty() ? List.of() : List.of(labels.split(" "));
    }

    /// All metrics, as Markdown.
    public static String page() {
        StringBuilder page =
                new StringBuilder(
                        """
                        # Metrics

                        `GET /metrics` on the private port returns these metrics for Prometheus, and \
                        Micrometer's `jvm_*`,
                        `process_*` and `system_*`. No label contains a serial. Only nodes of a cluster have \
                        metrics whose names
                        begin with `precertocsp_cluster_`. `MonitoringTest` generates this page from the \
                        help texts of the metrics.

                        | Metric | Type | Labels | Meaning |
                        |---|---|---|---|
                        """);
        for (MetricName meaning : values()) {
            page.append(
                    "| `%s` | %s | %s | %s |\n"
                            .formatted(
                                    meaning.shown(),
                                    meaning.type.name().toLowerCase(Locale.ROOT),
                                    String.join(", ", meaning.labels()),
                                    meaning.help));
        }
        return page.toString();
    }
}
