package org.precertocsp.responder.admin;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.audit.AuditLog;
import org.precertocsp.responder.audit.AuditTreeHead;
import org.precertocsp.responder.audit.LogIntegrityMonitor;
import org.precertocsp.responder.audit.LogProblem;
import org.precertocsp.responder.ctlog.LogStatus;
import org.precertocsp.responder.intake.spool.SpoolState;
import org.precertocsp.responder.metrics.unassigned.UnassignedRequestCount;
import org.precertocsp.responder.renewal.RenewalForecast;
import org.precertocsp.responder.renewal.RenewalState;
import org.precertocsp.responder.store.StoreStatistics;
import org.precertocsp.responder.store.StoredResponseCounts;
import org.precertocsp.signer.SigningState;

/// An overview of the running server; the JSON has these fields. Counts are since the start. It
/// contains no serial.
///
/// @param moments the last half hour, oldest first
/// @param ages of the responses sent, by powers of two: bucket i ends at 2 to the power of i
///   seconds
public record Overview(
        Instant at,
        Instant startedAt,
        List<Health> health,
        List<Requests> requests,
        List<Layer> layers,
        List<Moment> moments,
        List<Long> ages,
        List<Issuer> issuers,
        StoredResponseCounts responses,
        StoreStatistics store,
        Feeds feeds,
        List<Log> logs,
        Audit audit) {
    /// A readiness check.
    ///
    /// @param problem why it fails now
    public record Health(String name, Optional<String> problem) {}

    /// @param outcome `answered`, an OCSP error such as `try_later`, or an HTTP status as
    ///   `http_404`
    public record Requests(String method, String hash, String outcome, long count) {}

    /// @param asked requests that reached the layer; those it did not answer reached the next one
    public record Layer(String name, long asked) {}

    /// One step of the recent past.
    ///
    /// @param at end of the step
    /// @param unanswered requests without a signed response
    /// @param signed signatures made
    /// @param waiting requests that waited for a signature at the end
    /// @param p50Micros median response time, estimated; empty if there were no requests
    /// @param p99Micros 99th percentile
    public record Moment(
            Instant at,
            double seconds,
            long requests,
            long unanswered,
            long signed,
            int waiting,
            Optional<Double> p50Micros,
            Optional<Double> p99Micros) {}

    /// An issuer with a responder.
    ///
    /// @param authorityEnds expiry of the CA's certificate
    /// @param signerEnds expiry of the signing certificate
    public record Issuer(
            String name,
            Signing signing,
            Optional<Renewal> renewal,
            Optional<Unassigned> unassigned,
            Instant authorityEnds,
            Instant signerEnds) {}

    /// @param refused by cause, such as `queue_full`
    public record Signing(
            int inFlight,
            int waiting,
            boolean breakerOpen,
            long signed,
            Map<String, Long> refused,
            Optional<Failure> lastFailure) {
        public static Signing of(SigningState state) {
            Map<String, Long> refused = new TreeMap<>();
            state.refused().forEach((cause, count) -> refused.put(word(cause.name()), count));
            return new Signing(
                    state.inFlight(),
                    state.waiting(),
                    state.breakerOpen(),
                    state.signed(),
                    refused,
                    state.lastFailure().map(it -> new Failure(it.at(), it.what())));
        }
    }

    public record Failure(Instant at, String what) {}

    /// @param lagSeconds how late the most overdue renewal is
    /// @param ahead planned renewals; empty before the first forecast
    public record Renewal(
            double lagSeconds,
            boolean backlog,
            boolean failing,
            long signed,
            long failures,
            Optional<RenewalForecast> ahead) {
        public static Renewal of(RenewalState state) {
            return new Renewal(
                    state.lag().toMillis() / 1e3,
                    state.backlog(),
                    state.failing(),
                    state.signed(),
                    state.failures(),
                    state.ahead());
        }
    }

    /// Requests for unassigned serials.
    ///
    /// @param distinct serials in this hour, estimated
    /// @param usual requests per hour
    public record Unassigned(long requests, long distinct, double usual) {
        public static Unassigned of(UnassignedRequestCount count) {
            return new Unassigned(count.requests(), count.distinct(), count.usual());
        }
    }

    /// @param recent loaded files, newest first
    public record Feeds(SpoolState spool, List<RecentLoads.Load> recent) {}

    /// A Certificate Transparency log that is followed.
    ///
    /// @param place entries read
    /// @param headSize entries in the log
    public record Log(
            String name,
            String state,
            long place,
            long headSize,
            Optional<Instant> headAt,
            Optional<String> problem) {
        public static Log of(LogStatus state) {
            return new Log(
                    state.log(),
                    state.phase().label(),
                    state.reading().place(),
                    state.reading().headSize(),
                    state.reading().headAt(),
                    state.problem());
        }
    }

    /// @param checkedAt when the audit logs were last verified
    /// @param problems found then
    public record Audit(List<Book> books, Optional<Instant> checkedAt, List<String> problems) {
        public static Audit of(List<AuditLog> logs, LogIntegrityMonitor.State checked) {
            return new Audit(
                    logs.stream().map(Book::of).toList(),
                    checked.checked(),
                    checked.problems().stream().map(LogProblem::toString).toList());
        }
    }

    /// One audit log.
    ///
    /// @param records covered by the last checkpoint
    /// @param root of the tree over them, from that checkpoint
    /// @param sealedAt when this process last signed a checkpoint
    public record Book(String name, long records, ByteString root, Optional<Instant> sealedAt) {
        static Book of(AuditLog log) {
            AuditTreeHead head = log.head();
            return new Book(head.verifier().name(), head.size(), head.root(), log.sealedAt());
        }
    }

    static String word(String constant) {
        return constant.toLowerCase(Locale.ROOT);
    }
}
