package org.precertocsp.responder.metrics;

import java.util.List;
import java.util.Locale;

/// Every metric of this program, in one place: its name, its labels and its help text. `METRICS.md`
/// and the metrics' own help texts are made from it.
public enum Meaning {
    REQUESTS("requests", Type.COUNTER, "method hash outcome", "Requests, by what became of them."),
    REQUEST_DURATION(
            "request.duration.seconds",
            Type.HISTOGRAM,
            "path",
            "Time from request to reply; path is loop (answered at once) or chain."),
    RESPONSE_AGE(
            "response.age.seconds",
            Type.HISTOGRAM,
            "",
            "Time since thisUpdate of the responses handed out."),
    CONNECTIONS_OPEN(
            "connections.open", Type.GAUGE, "", "Open connections of the public endpoint."),
    CONNECTIONS_CLOSED(
            "connections.closed",
            Type.COUNTER,
            "limit",
            "Connections of the public endpoint closed or refused because a limit was reached:"
                    + " connections, address, pending (bytes) or files."),
    CONNECTIONS_PENDING(
            "connections.pending.bytes",
            Type.GAUGE,
            "",
            "Memory of the public endpoint for requests not whole and replies not read."),
    ANSWER_LAYER(
            "answer.layer.asked",
            Type.COUNTER,
            "layer",
            "Requests that came to a layer; none does that loop answered. What memory does not"
                    + " answer comes to disk, and what disk does not, to signer."),
    SIGNING_IN_FLIGHT("signing.in.flight", Type.GAUGE, "issuer", "Signatures being made now."),
    SIGNING_WAITING("signing.waiting", Type.GAUGE, "issuer", "Requests waiting for a signature."),
    SIGNING_BREAKER_OPEN(
            "signing.breaker.open",
            Type.GAUGE,
            "issuer",
            "1 while the key rests after failing too often."),
    SIGNING_FAILING(
            "signing.failing",
            Type.GAUGE,
            "issuer",
            "1 while the key does not sign, or has made signatures that do not verify."),
    SIGNING_SIGNED("signing.signed", Type.COUNTER, "issuer", "Signatures made."),
    SIGNING_REFUSED(
            "signing.refused", Type.COUNTER, "issuer cause", "Signatures not made, and why."),
    RENEWAL_LAG(
            "renewal.lag.seconds",
            Type.GAUGE,
            "issuer",
            "How late the most overdue renewal is, growing while the worker is held up; 0 if none"
                    + " is."),
    RENEWAL_OVERDUE(
            "renewal.overdue",
            Type.GAUGE,
            "issuer",
            "1 while stored responses are past their deadline or renewals make no progress."),
    RENEWAL_BACKLOG(
            "renewal.backlog", Type.GAUGE, "issuer", "1 while more is due than can be signed."),
    RENEWAL_FAILING("renewal.failing", Type.GAUGE, "issuer", "1 while renewals do not succeed."),
    RENEWAL_SIGNED("renewal.signed", Type.COUNTER, "issuer", "Responses renewed."),
    RENEWAL_FAILURES("renewal.failures", Type.COUNTER, "issuer", "Renewals that failed."),
    RENEWAL_QUEUE("renewal.queue", Type.GAUGE, "", "Renewals to come, about."),
    RESPONSES_STORED("responses.stored", Type.GAUGE, "", "Responses on disk, about."),
    RESPONSES_WAITING("responses.waiting", Type.GAUGE, "", "Responses on their way to disk."),
    RESPONSES_KEPT("responses.kept", Type.COUNTER, "", "Responses written to disk."),
    RESPONSES_DROPPED(
            "responses.dropped", Type.COUNTER, "", "Responses not written, the disk being behind."),
    RESPONSES_UNREADABLE(
            "responses.unreadable", Type.COUNTER, "", "Responses on disk that could not be read."),
    FIRST_ANSWER(
            "first.answer.seconds",
            Type.HISTOGRAM,
            "issuer basis",
            "From publication (basis published) or intake to the first answer that could be given"
                    + " (SA-01)."),
    FIRST_ANSWER_OVERDUE(
            "first.answer.overdue",
            Type.COUNTER,
            "issuer basis",
            "Serials that could be answered only more than 15 minutes later."),
    FIRST_ANSWER_BACKFILL(
            "first.answer.backfill",
            Type.COUNTER,
            "issuer",
            "Serials published before the issuer was first answered for."),
    FIRST_ANSWER_LISTED(
            "first.answer.listed",
            Type.COUNTER,
            "issuer",
            "Serials known from lists and CRLs alone, which contain no time of publication."),
    FIRST_ANSWER_WAITING(
            "first.answer.waiting",
            Type.GAUGE,
            "issuer",
            "Assigned serials that wait for a key that signs."),
    LOG_ENTRIES_READ(
            "log.entries.read", Type.COUNTER, "log", "Entries of the log read and proven."),
    LOG_PLACE("log.place", Type.GAUGE, "log", "Entries of the log taken in, ever."),
    LOG_HEAD_SIZE("log.head.size", Type.GAUGE, "log", "Entries of the log's newest head."),
    LOG_LAG_ENTRIES("log.lag.entries", Type.GAUGE, "log", "Entries not read yet."),
    LOG_HEAD_TIMESTAMP(
            "log.head.timestamp.seconds",
            Type.GAUGE,
            "log",
            "When the log signed its newest head, since 1970."),
    LOG_INCIDENTS(
            "log.incidents",
            Type.COUNTER,
            "log",
            "Precertificates of ours in the log that the CA's own feeds never brought (CT-20)."),
    LOG_STATE("log.state", Type.GAUGE, "log state", "1 for the state the follower is in."),
    NEVER_FED("never.fed", Type.GAUGE, "issuer", "Such incidents that no feed has settled."),
    FEED_FILES(
            "feed.files",
            Type.COUNTER,
            "feed result",
            "Files the server took in; result is taken or refused."),
    FEED_RECORDS(
            "feed.records",
            Type.COUNTER,
            "feed result",
            "Records of those files: added, changed, unchanged, refused, conflict or warning."),
    CLOCK_STEP(
            "clock.step.seconds",
            Type.GAUGE,
            "",
            "How far the wall clock is ahead of the time expected since it was last believed,"
                    + " negative if behind; 0 while it is believed."),
    CLOCK_BEHIND(
            "clock.behind.seconds",
            Type.GAUGE,
            "",
            "How far the wall clock is behind the newest time signed or recorded; nothing is signed"
                    + " unless 0."),
    STORE_SERIALS("store.serials", Type.GAUGE, "", "Serials with a record, about."),
    STORE_TABLES("store.tables.bytes", Type.GAUGE, "", "Size of the store's tables on disk."),
    STORE_MEMTABLES(
            "store.memtables.bytes", Type.GAUGE, "", "Changes in memory, not yet in tables."),
    STORE_READERS("store.readers.bytes", Type.GAUGE, "", "Indexes and filters in memory."),
    STORE_COMPACTION(
            "store.compaction.pending.bytes", Type.GAUGE, "", "Waiting for compaction, about."),
    STORE_COMPACTIONS("store.compactions.running", Type.GAUGE, "", "Compactions under way."),
    STORE_ERRORS("store.background.errors", Type.COUNTER, "", "Failures of the store's own work."),
    ALERTS_OPEN(
            "alerts.open", Type.GAUGE, "severity", "Alerts nobody has acknowledged, by severity."),
    ALERTS_BY_KIND(
            "alerts.open.by.kind",
            Type.GAUGE,
            "kind",
            "The same alerts by what they are about, such as AUDIT_TAMPERED."),
    READY(
            "ready",
            Type.GAUGE,
            "check",
            "1 while a condition of readiness holds, as /readyz names them; 0 while it does not."),
    ALERTS_OVERDUE("alerts.overdue", Type.GAUGE, "", "Open alerts past their deadline."),
    ALERTS_LOST("alerts.lost", Type.COUNTER, "", "Incidents lost because too many came at once."),
    CHANNEL_DELIVERED(
            "alert.channel.delivered", Type.COUNTER, "channel", "Notices a channel has taken."),
    CHANNEL_FAILED(
            "alert.channel.failed", Type.COUNTER, "channel", "Notices a channel did not take."),
    CHANNEL_FAILING(
            "alert.channel.failing",
            Type.GAUGE,
            "channel",
            "1 if a channel's last attempt failed."),
    CHANNEL_WAITING(
            "alert.channel.waiting", Type.GAUGE, "channel", "Notices waiting for a channel."),
    UNASSIGNED_REQUESTS(
            "unassigned.requests",
            Type.COUNTER,
            "issuer",
            "Requests for serials nobody assigned (BR 4.9.9)."),
    UNASSIGNED_DISTINCT(
            "unassigned.distinct.serials",
            Type.GAUGE,
            "issuer",
            "Different such serials in this hour, about."),
    UNASSIGNED_USUAL(
            "unassigned.usual.hourly", Type.GAUGE, "issuer", "Such requests an hour, usually."),
    ISSUER_END(
            "issuer.not.after.seconds",
            Type.GAUGE,
            "issuer",
            "End of the CA's certificate, in seconds since 1970."),
    RESPONDER_END(
            "responder.not.after.seconds",
            Type.GAUGE,
            "issuer",
            "End of the certificate that signs answers, in seconds since 1970."),
    TASK_FAILURES(
            "task.failures",
            Type.COUNTER,
            "task",
            "Rounds of a background task that failed and were tried again; task other is any thread"
                    + " that ended with an exception."),
    TASK_FAILING(
            "task.failing", Type.GAUGE, "task", "1 while the last round of a task has failed."),
    TASK_BUSY(
            "task.busy.seconds",
            Type.GAUGE,
            "task",
            "How long the current round of a task has run; 0 between rounds."),
    TRACE_SPANS(
            "trace.spans",
            Type.COUNTER,
            "result",
            "Spans of traces: sent, dropped while too many waited (full), or not taken by the"
                    + " collector (failed).");

    /// How Prometheus sees it.
    enum Type {
        COUNTER,
        GAUGE,
        HISTOGRAM
    }

    private final String dotted;
    private final Type type;
    private final String labels;
    private final String help;

    Meaning(String name, Type type, String labels, String help) {
        this.dotted = "precertocsp." + name;
        this.type = type;
        this.labels = labels;
        this.help = help;
    }

    /// In Micrometer's form.
    String dotted() {
        return dotted;
    }

    String help() {
        return help;
    }

    Type type() {
        return type;
    }

    /// As Prometheus shows it; a histogram has `_bucket`, `_sum` and `_count` behind it.
    public String shown() {
        return dotted.replace('.', '_') + (type == Type.COUNTER ? "_total" : "");
    }

    public List<String> labels() {
        return labels.isEmpty() ? List.of() : List.of(labels.split(" "));
    }

    /// All of them, as a page of Markdown.
    public static String page() {
        StringBuilder page =
                new StringBuilder(
                        """
                        # Metrics

                        What `GET /metrics` on the private port returns. Generated from the code \
                        by a test.
                        Beside these there are Micrometer's `jvm_*`, `process_*` and `system_*`. \
                        No label ever holds a serial.

                        | Metric | Type | Labels | Meaning |
                        |---|---|---|---|
                        """);
        for (Meaning meaning : values()) {
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
